/** A model on a device, compiled and ready to train. */
import { batchIndices, fillBatch, type HostBatch } from "../data/batches.ts";
import type { Splits } from "../data/dataset.ts";
import { balancedSubset } from "../data/subset.ts";
import type { Batch, ExampleSpec, Model, ModelDefinition } from "../models/model.ts";
import type { FormTimes } from "../onnx/index.ts";
import { targetsOf, trainableVariables } from "../optim/index.ts";
import {
  type Compiled,
  compile,
  createRuntime,
  type DeviceReport,
  type Runtime,
  type RuntimeOptions,
} from "../runtime/index.ts";
import { type Tensor, UserError, type Variable } from "../tensor/index.ts";
import { averagesOf } from "./averages.ts";
import { fitData } from "./fit-data.ts";
import { createFitting, type Fitting } from "./fitting.ts";
import type { Manifest } from "./manifest.ts";
import { type Length, lastStep } from "./plan.ts";
import { type Previews, previews } from "./previews.node.ts";
import { type Minibatch, minibatchesOfStep } from "./stages.ts";
import { type Examination, examination } from "./test-accuracy.node.ts";
import { type TrainingStep, trainingStep } from "./training-step.ts";

/** What a set-up depends on. */
export interface Recipe {
  readonly definition: ModelDefinition;
  readonly options: Manifest["options"];
  readonly splits: Splits;
  readonly flip: boolean;
  readonly length: Length;
  readonly batch: number;
  readonly seed: number;
  readonly ema: number | undefined;
  readonly device: NonNullable<RuntimeOptions["device"]>;
  readonly threads: number | undefined;
  /** By which the forms of convolutions are chosen, where they were measured; with `tune` others are added. */
  readonly times: Map<string, FormTimes>;
  readonly tune: boolean;
  /** Compute cheap results again rather than keep them. */
  readonly recompute: boolean;
}

export interface SetUp {
  readonly runtime: Runtime;
  readonly report: DeviceReport;
  readonly model: Model;
  readonly training: TrainingStep;
  readonly previews: Previews;
  /** For models that classify. */
  readonly examination: Examination | undefined;
  /** Everything that a gradient trains. */
  readonly parameters: readonly Variable[];
  /** Examples that one step sees. */
  readonly examplesPerStep: number;
  /** The step to end at, where that is known beforehand. */
  readonly end: number | undefined;
  /** Begins to fit a model that is trained without gradients. */
  readonly fitting: (() => Fitting) | undefined;
  /** Initialises the model from the first minibatch, where it wants that. */
  initialize(): Promise<void>;
  /** The minibatches of a step: a pure function of its number. */
  minibatches(step: number): HostBatch[];
}

/** What the data's examples look like to a model. */
function exampleSpec({ train: { kind, shape, classes, levels = 256 } }: Splits): ExampleSpec {
  return { kind, shape, ...(classes !== undefined && { classes }), ...(kind === "image" && { levels }) };
}

/**
 * Builds the model and compiles it, always in the same order: compiling decides in which order of axes state
 * is stored, and a resumed run is to compute with the same orders.
 */
export async function setUp(recipe: Recipe): Promise<SetUp> {
  const { definition, splits, seed, ema, device, threads } = recipe;
  const spec = exampleSpec(splits);
  if (!definition.data.includes(spec.kind)) {
    throw new UserError(
      `The model ${definition.name} learns ${definition.data.join(" or ")} data, but ${splits.train.name} holds ${spec.kind === "image" ? "images" : "points"}; choose other data or another model.`,
    );
  }
  checkPictures(definition, spec, splits.train.name);
  const model = definition.build(definition.options.parse(recipe.options), spec);
  const convolutions = { times: recipe.times, tune: recipe.tune };
  const { recompute } = recipe;
  const runtime = createRuntime({
    device,
    seed,
    convolutions,
    recompute,
    ...(threads !== undefined && { threads }),
  });
  try {
    const averages = ema === undefined ? undefined : averagesOf(model, ema);
    const taken = minibatchesOfStep(model);
    const ofAll = taken.filter(({ examples }) => examples === undefined);
    // An iteration of an estimator looks at all examples.
    const examplesPerStep = model.fit ? splits.train.length : recipe.batch * ofAll.length;
    const end = lastStep(recipe.length, splits.train.length, examplesPerStep);
    const training = trainingStep(model, runtime, { averages, end });
    const first = initialization(model, runtime);
    const drawing = previews(model, runtime, splits, averages);
    const test = examination(model, runtime, splits, averages);
    const minibatches = minibatchesOf(recipe, taken);
    await first?.prepare(minibatches(0)[0]!);
    await training.prepare(minibatches(0));
    await drawing.prepare();
    await test?.prepare();
    return {
      runtime,
      report: await runtime.ready(),
      model,
      training,
      previews: drawing,
      examination: test,
      parameters: trainableVariables(model.phases.flatMap((phase) => [...targetsOf(phase.train)])),
      examplesPerStep,
      end,
      fitting:
        model.fit && (() => createFitting(model, fitData(splits.train, { seed, iterations: end }), runtime)),
      initialize: async () => void (await first?.(minibatches(0)[0]!)),
      minibatches,
    };
  } catch (error) {
    await runtime.dispose();
    throw error;
  }
}

/** Throws a UserError where the pictures are not what the model takes. */
function checkPictures(
  { name, pictures }: ModelDefinition,
  { kind, shape, levels }: ExampleSpec,
  data: string,
): void {
  if (kind !== "image" || !pictures) return;
  const [channels = 1, height = 1, width = 1] = shape;
  const { largest = Number.POSITIVE_INFINITY, multipleOf = 1 } = pictures;
  if (Math.max(height, width) > largest)
    throw new UserError(
      `${name} learns pictures of at most ${largest}×${largest} pixels, but those of ${data} are ${height}×${width}; scale them by --size ${largest}.`,
    );
  if (height % multipleOf !== 0 || width % multipleOf !== 0) {
    const side = multipleOf * Math.max(1, Math.floor(height / multipleOf));
    throw new UserError(
      `${name} learns pictures whose sides are multiples of ${multipleOf} pixels, but those of ${data} are ${height}×${width}; scale them by --size ${side}.`,
    );
  }
  if (pictures.channels && !pictures.channels.some((n) => n === channels))
    throw new UserError(
      `${name} learns pictures of ${pictures.channels.join(" or ")} channels, but those of ${data} have ${channels}; convert them by --channels ${pictures.channels[0]}.`,
    );
  if (pictures.levels !== undefined && levels !== pictures.levels)
    throw new UserError(
      `${name} learns pictures of ${pictures.levels} grey levels, but those of ${data} have ${levels}; load them with levels ${pictures.levels}.`,
    );
}

type Initialization = Compiled<(batch: Batch) => readonly Tensor[]>;

/** The model's data-dependent initialisation as a compiled function. */
function initialization({ initialize }: Model, runtime: Runtime): Initialization | undefined {
  if (!initialize) return undefined;
  const body = (batch: Batch): readonly Tensor[] => {
    initialize(batch);
    return [];
  };
  return compile(body, { runtime, training: true, name: "initialize" });
}

function minibatchesOf(
  { splits: { train }, batch, seed, flip }: Recipe,
  taken: readonly Minibatch[],
): (step: number) => HostBatch[] {
  const sources = new Map(
    taken.map(({ examples }) => [
      examples,
      examples === undefined ? train : balancedSubset(train, examples, seed),
    ]),
  );
  return (step) =>
    taken.map(({ update, examples }) => {
      const source = sources.get(examples)!;
      const inAStep = taken.filter((other) => other.examples === examples).length;
      const number = step * inAStep + update;
      const indices = batchIndices(source.length, batch, seed, number);
      return fillBatch(source, indices, { flip, seed, step: number });
    });
}
