/** A run's latent space as commands need it: where examples lie in it, how far it reaches, and the way back. */
import { compile } from "../runtime/index.ts";
import { type Shape, type Tensor, UserError } from "../tensor/index.ts";
import { createSampler, type Examples, inPortions, type RunSampler } from "./latents.node.ts";
import type { OpenRun } from "./open-run.node.ts";
import { testExamples } from "./reconstruct.node.ts";

/** Examples in one call. */
const portion = 64;
/** Examples that tell how codes are spread, where no prior does. */
const codesForSpread = 1000;

export interface LatentSpace {
  readonly shape: Shape;
  readonly size: number;
  /** Middle and standard deviation of each latent variable: the prior's, or those of encoded test examples. */
  readonly centre: Float32Array;
  readonly spread: Float32Array;
  /** Numbers of the latent variables: those whose codes vary most over test examples come first. */
  readonly order: readonly number[];
  /** Examples of latent vectors [n, …]. */
  decode(z: Examples): Promise<Examples>;
}

/** Codes of examples [n, …] by the model's encoder (or its features): [n, d]. Throws (UserError) where it has neither. */
export function exampleEncoder(run: OpenRun): (examples: Examples) => Promise<Examples> {
  const { encode, features } = run.model;
  const fn = encode ?? features;
  if (!fn) {
    throw new UserError(
      `${run.definition.name} has no encoder, so examples have no place in its latent space; choose a model that encodes, such as vae.`,
    );
  }
  const compiled = compile((x: Tensor) => run.withAverages(() => fn(x)), {
    runtime: run.runtime,
    training: false,
    name: "encode",
  });
  return async (examples) => {
    const { data, shape } = await inPortions(compiled, examples, portion);
    return { data, shape: [shape[0]!, data.length / shape[0]!] };
  };
}

/**
 * The latent space of a run that generates from a plain prior, or that encodes and decodes. `label` asks for examples of a class.
 * Throws (UserError) where it has none.
 */
export async function latentSpace(
  run: OpenRun,
  { label }: { readonly label?: number } = {},
): Promise<LatentSpace> {
  const { prior, generate, encode, decode } = run.model;
  const codes = encode && (await exampleEncoder(run)(await testExamples(run, { n: codesForSpread })));
  if (prior && generate) {
    const sampler = createSampler(run, label === undefined ? {} : { label });
    return ofPrior(sampler, codes);
  }
  if (!codes || !decode) {
    throw new UserError(
      `${run.definition.name} has no latent vectors to vary; a traversal needs a model that generates from them or decodes.`,
    );
  }
  const { centre, spread } = moments(codes);
  const compiled = compile((z: Tensor) => run.withAverages(() => decode(z)), {
    runtime: run.runtime,
    training: false,
    name: "decode",
  });
  const size = centre.length;
  const made = (z: Examples): Promise<Examples> => inPortions(compiled, z, portion);
  return { shape: [size], size, centre, spread, order: byVariation(spread), decode: made };
}

function ofPrior(sampler: RunSampler, codes: Examples | undefined): LatentSpace {
  const shape = sampler.latentShape!;
  const size = shape.reduce((a, b) => a * b, 1);
  const { scale = 1, shift = 0, distribution } = sampler.latent ?? {};
  const uniform = distribution === "uniform";
  const variation = codes?.shape[1] === size ? moments(codes).spread : new Float32Array(size);
  return {
    shape,
    size,
    centre: new Float32Array(size).fill(uniform ? shift + scale / 2 : shift),
    // Three "deviations" of a uniform prior reach to its ends.
    spread: new Float32Array(size).fill(uniform ? scale / 6 : scale),
    order: byVariation(variation),
    decode: sampler.generate,
  };
}

/** Mean and standard deviation of each column. */
function moments({ data, shape: [n = 1, d = 1] }: Examples): { centre: Float32Array; spread: Float32Array } {
  const [sum, squares] = [new Float64Array(d), new Float64Array(d)];
  for (let i = 0; i < data.length; i++) sum[i % d]! += data[i]!;
  for (let i = 0; i < data.length; i++) squares[i % d]! += (data[i]! - sum[i % d]! / n) ** 2;
  return {
    centre: Float32Array.from(sum, (v) => v / n),
    spread: Float32Array.from(squares, (v) => Math.sqrt(v / n)),
  };
}

const byVariation = (spread: Float32Array): number[] =>
  Array.from(spread, (_, i) => i).sort((a, b) => spread[b]! - spread[a]! || a - b);
