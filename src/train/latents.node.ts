/** Samples of a run by number: example i of a seed is the same however many are asked for. */
import { join, type LatentSpec, portionOf, seededLatents } from "../export-page/latents.ts";
import { type Compiled, compile } from "../runtime/index.ts";
import { traceFunction } from "../runtime/specialize.ts";
import { constant, type Shape, scalarValue, type Tensor, UserError } from "../tensor/index.ts";
import type { RandomAttributes } from "../tensor/random.ts";
import { byPortions, checkSeed, type Draw, drawer, drawerGiven, floats, samplerName } from "./drawer.node.ts";
import type { OpenRun } from "./open-run.node.ts";
import { createSequential } from "./sequential.ts";

/** Numbers [n, …] as this file hands them out: always float32. */
export interface Examples {
  readonly data: Float32Array;
  readonly shape: Shape;
}

export interface RunSampler {
  /** Shape of one latent vector, where the model has a prior. */
  readonly latentShape?: Shape;
  /** The prior, where it is a plain distribution; otherwise the model's own function draws. */
  readonly latent?: LatentSpec;
  /** Latent vectors first, …, first + count − 1 of `seed`. Throws (UserError) where the model has none. */
  latents(seed: number, first: number, count: number): Promise<Examples>;
  /** The examples of latent vectors [n, …], their means where they are drawn. Throws (UserError) where the model has no latent vectors. */
  generate(z: Examples): Promise<Examples>;
  /** Examples first, …, first + count − 1 of `seed`. */
  sample(seed: number, first: number, count: number): Promise<Examples>;
}

/** Traces `fn` at a batch size without running it. */
export function traceSampler(fn: (n: number) => Tensor, n: number): ReturnType<typeof traceFunction> {
  return traceFunction(
    () => fn(n),
    [],
    () => false,
    { name: samplerName, training: false },
  );
}

/**
 * The prior as shift + scale · (normal or uniform numbers), found in its trace; undefined where it is anything else, such
 * as a mixture or one that a network makes.
 */
function plainPrior(prior: (n: number) => Tensor): LatentSpec | undefined {
  const n = 3;
  const { result } = traceSampler(prior, n);
  const z = result as Tensor;
  let [scale, shift, at] = [1, 0, z];
  while (at.op.name !== "random") {
    const [a, b] = at.inputs;
    const number = b && scalarValue(b);
    if (at.op.name === "mul" && number !== undefined) scale *= number;
    else if (at.op.name === "add" && number !== undefined) shift += scale * number;
    else return undefined;
    at = a!;
  }
  const { kind, shape } = at.attrs as RandomAttributes;
  if ((kind !== "normal" && kind !== "uniform") || shape[0] !== n || shape.join() !== z.shape.join())
    return undefined;
  return { shape: z.shape.slice(1), distribution: kind, scale, shift };
}

export interface SamplerOptions {
  /** Less than 1 keeps closer to what is likely: scales latent vectors, divides logits. Default 1. */
  readonly temperature?: number | undefined;
  /** The class to draw examples of, for conditional models. Default: each example its own, drawn by the model. */
  readonly label?: number | undefined;
  /** Draw x ~ p(x|z), for models that otherwise give its mean. Default false. */
  readonly draw?: boolean | undefined;
  /** For models that sample in steps: compute again only what changed. Default true. */
  readonly cached?: boolean | undefined;
  /** Is told how many steps are made, for models that sample in steps. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Compiles what a run's model needs to sample; nothing runs before the first call. Throws (UserError) where it has no
 * distribution to sample from, or the options do not fit it.
 */
export function createSampler(run: OpenRun, options: SamplerOptions = {}): RunSampler {
  checkSamplerOptions(run, options);
  const { temperature = 1, draw = false } = options;
  const { prior, generate, sample, sampleGiven } = run.model;
  const portion = portionOf(run.spec.kind);
  const y = (): Tensor | undefined => labels(options, portion);
  if (generate && prior) {
    const latent = plainPrior(prior);
    const shape = latent?.shape ?? (traceSampler(prior, 3).result as Tensor).shape.slice(1);
    const scaled = (z: Tensor): Tensor => (temperature === 1 ? z : z.mul(temperature));
    const fn = compile((z: Tensor) => run.withAverages(() => generate(scaled(z), y())), {
      ...{ runtime: run.runtime, training: false, name: "generate" },
    });
    const latents: Draw = latent
      ? async (seed, first, count) => ({
          data: seededLatents(latent, checkSeed(seed), first, count),
          shape: [count, ...shape],
        })
      : drawer(run, prior, portion);
    const made = (z: Examples): Promise<Examples> => inPortions(fn, z, portion);
    return {
      latentShape: shape,
      ...(latent && { latent }),
      latents,
      generate: made,
      sample: draw
        ? drawerGiven(run, (z) => sampleGiven!(scaled(z), y()), { latents, portion })
        : async (seed, first, count) => made(await latents(seed, first, count)),
    };
  }
  const none = async (): Promise<never> => {
    throw new UserError(`${run.definition.name} does not generate from latent vectors of a prior.`);
  };
  if (sample) {
    return { latents: none, generate: none, sample: drawer(run, (n) => sample(n, y()), portion) };
  }
  if (run.model.sequential) return { latents: none, generate: none, sample: stepper(run, options, portion) };
  const instead = run.model.reconstruct ? "; use reconstruct or interpolate" : "";
  throw new UserError(`${run.definition.name} has no distribution to sample from${instead}.`);
}

function labels({ label }: SamplerOptions, n: number): Tensor | undefined {
  return label === undefined ? undefined : constant(new Int32Array(n).fill(label), [n]);
}

/** Throws (UserError) where the options do not fit the run. */
export function checkSamplerOptions(
  { model, definition, spec }: OpenRun,
  { temperature = 1, label, draw }: SamplerOptions,
): void {
  if (!(temperature >= 0 && temperature < Number.POSITIVE_INFINITY))
    throw new UserError(
      `temperature is ${temperature}, expected a number of at least 0; 1 is the model's own.`,
    );
  const latent = model.generate && model.prior && plainPrior(model.prior);
  if (temperature !== 1 && !model.sequential && latent?.distribution !== "normal")
    throw new UserError(
      `${definition.name} has no temperature: it neither samples in steps nor has normal latent vectors.`,
    );
  if (draw && model.generate && model.prior && !model.sampleGiven)
    throw new UserError(
      `${definition.name} has no p(x|z) to draw from: its examples are functions of z; leave --draw away.`,
    );
  if (label === undefined) return;
  if (!model.conditional)
    throw new UserError(
      `${definition.name} was not trained by class, so examples of class ${label} cannot be asked for.`,
    );
  if (!(Number.isInteger(label) && label >= 0 && label < (spec.classes ?? 0)))
    throw new UserError(`class is ${label}, expected a whole number from 0 to ${(spec.classes ?? 1) - 1}.`);
}

/** Examples of a model that samples in steps, portion by portion. */
function stepper(run: OpenRun, options: SamplerOptions, portion: number): Draw {
  const { temperature = 1, cached = true, draw = false, label, onProgress } = options;
  const sequential = createSequential(run.model.sequential!({ temperature, cached, draw }), portion, {
    runtime: run.runtime,
    name: samplerName,
    withAverages: run.withAverages,
  });
  const start =
    label === undefined ? {} : { y: { data: new Int32Array(portion).fill(label), shape: [portion] } };
  return byPortions(portion, (seed, p) =>
    sequential.draw({ seed, portion: p, start, ...(onProgress && { onProgress }) }),
  );
}

/**
 * Applies `fn` to portions of one size, the last one filled up with zeros: one graph serves every count, and a row's
 * numbers do not depend on how many there are.
 */
export async function inPortions(
  fn: Compiled<(x: Tensor) => Tensor>,
  { data, shape: [count, ...shape] }: Examples,
  portion: number,
): Promise<Examples> {
  const size = shape.reduce((a, b) => a * b, 1);
  const parts: Float32Array[] = [];
  let out: Shape = [];
  for (let first = 0; first < count!; first += portion) {
    const rows = Math.min(portion, count! - first);
    const x = new Float32Array(portion * size);
    x.set(data.subarray(first * size, (first + rows) * size));
    const y = await fn({ data: x, shape: [portion, ...shape] });
    out = y.shape.slice(1);
    parts.push(floats(y).subarray(0, (y.data.length / portion) * rows));
  }
  return { data: join(parts), shape: [count!, ...out] };
}
