import type { ExampleSpec, Model, ModelDefinition } from "../models/model.ts";
import { useAverages } from "../optim/index.ts";
import { createRuntime, type Runtime } from "../runtime/index.ts";
import { UserError } from "../tensor/index.ts";
import { averagesOf } from "./averages.ts";
import { checkpointAt, modelKey, newestCheckpoint } from "./checkpoint.node.ts";
import { findDefinition } from "./find-definition.node.ts";
import type { Manifest } from "./manifest.ts";
import { findRun, readManifest } from "./run-folder.node.ts";

/** A trained model, ready to be compiled from. */
export interface OpenRun {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly definition: ModelDefinition;
  readonly model: Model;
  readonly spec: ExampleSpec;
  /** Holds the checkpoint's numbers. */
  readonly runtime: Runtime;
  /** The step of the checkpoint. */
  readonly step: number;
  /**
   * Runs `body` inside a trace with the averaged weights, where the run keeps averages; otherwise just runs
   * it.
   */
  withAverages<T>(body: () => T): T;
}

export type OpenOptions = {
  /** Where to put the weights. Default: a new runtime with the run's seed on the best device. */
  runtime?: Runtime;
  /** Step of the checkpoint. Default: the newest whole one. */
  checkpoint?: number;
};

/**
 * Opens a run by its folder or its name under `runs/` and loads a checkpoint. Throws a UserError where there
 * is no such run, its manifest does not hold, or no checkpoint can be used.
 */
export async function openRun(nameOrFolder: string, options: OpenOptions = {}): Promise<OpenRun> {
  const folder = await findRun(nameOrFolder);
  const manifest = await readManifest(folder);
  const definition = await findDefinition(folder, manifest);
  const key = modelKey(manifest);
  const checkpoint =
    options.checkpoint === undefined
      ? (await newestCheckpoint(folder, key)).checkpoint
      : await checkpointAt(folder, key, options.checkpoint);
  if (!checkpoint) {
    throw new UserError(`The run ${folder} has no checkpoint yet; go on with it by "imago resume".`);
  }
  const spec = specOf(manifest);
  const model = definition.build(definition.options.parse(manifest.options), spec);
  const runtime = options.runtime ?? createRuntime({ seed: manifest.training.seed });
  for (const [name, tensor] of checkpoint.tensors) await runtime.set(name, tensor);
  const { ema } = manifest.training;
  const averages = ema === undefined ? undefined : averagesOf(model, ema);
  return {
    folder,
    manifest,
    definition,
    model,
    spec,
    runtime,
    step: checkpoint.step,
    withAverages: (body) => (averages ? useAverages(averages, body) : body()),
  };
}

/** What the run's examples look like. */
function specOf({ data }: Manifest): ExampleSpec {
  const { kind, shape, classes, levels = 256 } = data;
  return { kind, shape, ...(classes !== undefined && { classes }), ...(kind === "image" && { levels }) };
}
