import { removeUnfinished } from "../data/atomic-write.node.ts";
import type { Splits } from "../data/dataset.ts";
import { loadData } from "../data/load-data.node.ts";
import type { ModelDefinition } from "../models/model.ts";
import type { RuntimeOptions } from "../runtime/index.ts";
import { UserError } from "../tensor/index.ts";
import { startEvent, warnings } from "./announce.ts";
import { modelKey, newestCheckpoint, restoreCheckpoint } from "./checkpoint.node.ts";
import { timesOfRun } from "./convolution-times.node.ts";
import type { TrainEvent } from "./events.ts";
import { findDefinition } from "./find-definition.node.ts";
import { trainLoop } from "./loop.node.ts";
import type { Manifest } from "./manifest.ts";
import { checkLength, type Length } from "./plan.ts";
import { checkpointFolder, findRun, readManifest, writeManifest } from "./run-folder.node.ts";
import { type Recipe, setUp } from "./set-up.node.ts";

export type ResumeOptions = Length & {
  /** The run's folder or its name under `runs`. */
  readonly run: string;
  /** Default: the device it was trained on, which alone gives the same bytes. */
  readonly device?: RuntimeOptions["device"] | undefined;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Definition and data where they are at hand; otherwise found by the manifest. */
  readonly definition?: ModelDefinition | undefined;
  readonly splits?: Splits | undefined;
};

/**
 * Goes on with a run from its newest whole checkpoint to the end it was started with, or to a new one:
 * `steps`, `epochs` and `minutes` count from the run's beginning. Gives the same bytes as a run that was
 * never stopped.
 * Throws a UserError where there is no such run, or its data or checkpoints have changed.
 */
export async function* resume(options: ResumeOptions): AsyncGenerator<TrainEvent> {
  checkLength(options);
  const folder = await findRun(options.run);
  const manifest = withLength(await readManifest(folder), options);
  const definition = options.definition ?? (await findDefinition(folder, manifest));
  const splits = options.splits ?? (await loadAgain(manifest));
  if (splits.train.fingerprint !== manifest.data.fingerprint) {
    throw new UserError(
      `The data ${manifest.data.spec} has changed since the run ${folder} began; put it back as it was, or start a new run.`,
    );
  }
  const recipe: Recipe = {
    definition,
    options: manifest.options,
    splits,
    flip: manifest.data.flip,
    length: manifest.training,
    batch: manifest.training.batch,
    seed: manifest.training.seed,
    ema: manifest.training.ema,
    device: options.device ?? (manifest.device as Recipe["device"]),
    threads: options.threads,
    ...{ times: await timesOfRun(folder), tune: false },
    recompute: manifest.training.recompute ?? false,
  };
  const { checkpoint, skipped } = await newestCheckpoint(folder, modelKey(manifest));
  await removeUnfinished(folder);
  await removeUnfinished(checkpointFolder(folder));
  const made = await setUp(recipe);
  try {
    if (checkpoint) {
      await restoreCheckpoint(made.runtime, checkpoint);
      made.training.setCounters(checkpoint.counters);
    }
    await writeManifest(folder, manifest);
    const start = checkpoint?.step ?? 0;
    const session = { folder, manifest, recipe, setUp: made, start, end: made.end, signal: options.signal };
    yield startEvent(session);
    yield* warnings([...skipped, ...(splits.warnings ?? [])]);
    yield* trainLoop(session);
  } finally {
    await made.runtime.dispose();
  }
}

/** A new length replaces the whole of the old one. */
function withLength(manifest: Manifest, { steps, epochs, minutes }: Length): Manifest {
  if (steps === undefined && epochs === undefined && minutes === undefined) return manifest;
  return { ...manifest, training: { ...manifest.training, steps, epochs, minutes } };
}

async function loadAgain({ data }: Manifest): Promise<Splits> {
  const { spec, size, channels, levels, seed } = data;
  return loadData(spec, {
    ...(size !== undefined && { size }),
    ...(channels !== undefined && { channels }),
    ...(levels !== undefined && { levels }),
    ...(seed !== undefined && { seed }),
  });
}
