import { relative } from "node:path";
import type { Splits } from "../data/dataset.ts";
import type { ModelDefinition, PresetName } from "../models/model.ts";
import { resolveOptions, resolveTraining } from "../models/options.ts";
import type { RuntimeOptions } from "../runtime/index.ts";
import { UserError } from "../tensor/index.ts";
import { startEvent, warnings } from "./announce.ts";
import { cachedTimes, cacheTimes, keepTimesInRun } from "./convolution-times.node.ts";
import type { TrainEvent } from "./events.ts";
import { trainLoop } from "./loop.node.ts";
import type { Manifest } from "./manifest.ts";
import { memoryEvent } from "./memory.ts";
import type { ModelFile } from "./model-file.node.ts";
import { checkLength, intervals, type Length } from "./plan.ts";
import { makeRunFolder, type NewFolder, writeManifest } from "./run-folder.node.ts";
import { type Recipe, setUp } from "./set-up.node.ts";
import { imagoVersion, versions } from "./versions.node.ts";

export { type ResumeOptions, resume } from "./resume.node.ts";

/** Data as it was asked for and as it was loaded. */
export interface TrainingData {
  /** The name or path given to loadData, with what else it was given: enough to load it again. */
  readonly spec: string;
  readonly size?: number;
  readonly channels?: 1 | 3;
  readonly seed?: number;
  readonly splits: Splits;
  /** Mirror half of the pictures left to right. Default false. */
  readonly flip?: boolean;
}

export type TrainOptions = Length &
  NewFolder & {
    readonly definition: ModelDefinition;
    /** Where the definition came from, if from a file of the user's. */
    readonly modelFile?: Pick<ModelFile, "file" | "hash"> | undefined;
    readonly data: TrainingData;
    readonly preset?: PresetName | undefined; // default "small"
    /** Changes to the preset's options: values, or strings as from a command line. */
    readonly options?: { readonly [name: string]: unknown } | undefined;
    readonly batch?: number | undefined;
    readonly seed?: number | undefined; // default 0
    readonly logEvery?: number | undefined;
    readonly sampleEvery?: number | undefined;
    readonly checkpointEvery?: number | undefined;
    /** Checkpoints to keep. Default 3. */
    readonly keep?: number | undefined;
    /**
     * Sample from averages of the parameters that keep this share at each step, such as 0.999; 0 for none.
     * Default: the preset's.
     */
    readonly ema?: number | undefined;
    readonly device?: RuntimeOptions["device"] | undefined;
    readonly threads?: number | undefined;
    /** Measure on this machine which form of each convolution is fastest, and keep that for later runs. */
    readonly tune?: boolean | undefined;
    /** Compute cheap results a second time rather than keep them: less memory, more time, the same numbers. */
    readonly recompute?: boolean | undefined;
    /** Say what takes memory before training begins: a `memory` event. */
    readonly memory?: boolean | undefined;
    /** Ends the run after the present step, with a checkpoint. */
    readonly signal?: AbortSignal | undefined;
  };

/**
 * Trains a model on data into a new run folder and says what happens: `start`, then `step`, `progress`,
 * `sample` and `checkpoint`, at last `done`, or `interrupted` after the signal. Length: `steps`, `epochs` or
 * `minutes`, whichever comes first; without any the preset's own.
 * Throws a UserError where the options do not fit, the folder cannot be written, or a number is not finite.
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainEvent> {
  const { definition, data, modelFile } = options;
  const preset = options.preset ?? "small";
  const training = trainingOf(options, preset);
  const resolved = resolveOptions(definition, preset, options.options);
  const times = await cachedTimes(options.threads);
  const recipe: Recipe = {
    definition,
    options: resolved,
    splits: data.splits,
    flip: data.flip ?? false,
    ...training,
    length: training,
    device: options.device ?? "auto",
    threads: options.threads,
    ...{ times, tune: options.tune ?? false, recompute: options.recompute ?? false },
  };
  const made = await setUp(recipe);
  try {
    if (recipe.tune) await cacheTimes(times, options.threads);
    const folder = await makeRunFolder(definition.name, data.splits.train.name, options);
    const manifest: Manifest = {
      imago: imagoVersion(),
      model: {
        name: definition.name,
        ...(modelFile && { file: portable(relative(folder, modelFile.file)), hash: modelFile.hash }),
      },
      options: resolved,
      preset,
      data: describeData(data),
      training: {
        ...training,
        ...intervals(options, made.end),
        keep: options.keep ?? 3,
        ...(recipe.recompute && { recompute: true }),
      },
      device: made.report.device,
      created: new Date().toISOString(),
      versions: versions(),
    };
    await writeManifest(folder, manifest);
    await keepTimesInRun(folder, times, options.threads);
    const session = {
      folder,
      manifest,
      recipe,
      setUp: made,
      start: 0,
      end: made.end,
      signal: options.signal,
    };
    yield startEvent(session);
    if (options.memory) yield await memoryEvent(made);
    yield* warnings(data.splits.warnings);
    yield* trainLoop(session);
  } finally {
    await made.runtime.dispose();
  }
}

type Training = Length & { batch: number; seed: number; ema: number | undefined };

/** What was asked for, completed from the preset and checked. */
function trainingOf(options: TrainOptions, preset: PresetName): Training {
  checkLength(options);
  const { steps, epochs, minutes, seed = 0 } = options;
  const own = resolveTraining(options.definition, preset);
  const { ema = own.ema } = options;
  const batch = options.batch ?? own.batch;
  if (!(Number.isInteger(batch) && batch >= 1))
    throw new UserError(`batch is ${batch}, expected a whole number of at least 1.`);
  if (!Number.isSafeInteger(seed)) throw new UserError(`seed is ${seed}, expected a whole number.`);
  if (ema !== undefined && !(ema >= 0 && ema < 1))
    throw new UserError(`ema is ${ema}, expected a number of at least 0 and below 1, such as 0.999.`);
  const { keep = 3 } = options;
  if (!(Number.isInteger(keep) && keep >= 1))
    throw new UserError(`keep is ${keep}, expected a whole number of at least 1.`);
  const asked = steps !== undefined || epochs !== undefined || minutes !== undefined;
  const length: Length = asked ? { steps, epochs, minutes } : { steps: own.steps, epochs: own.epochs };
  return { ...length, batch, seed, ema };
}

function describeData({ spec, size, channels, seed, flip = false, splits }: TrainingData): Manifest["data"] {
  const { name, kind, shape, classes, levels, fingerprint, length } = splits.train;
  return {
    spec,
    name,
    kind,
    shape: [...shape],
    classes,
    levels,
    fingerprint,
    length,
    size,
    channels,
    seed,
    flip,
  };
}

/** With forward slashes on every system. */
const portable = (path: string): string => path.replaceAll("\\", "/");
