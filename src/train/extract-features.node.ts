/** Features of many examples, in portions: the examples themselves are never all in memory. */
import type { Dataset } from "../data/dataset.ts";
import { permutation } from "../data/permute-index.ts";
import type { Features } from "../metrics/index.ts";
import { UserError } from "../tensor/index.ts";
import type { FeatureExtractor } from "./extractors/extractor.ts";
import type { Examples, RunSampler } from "./latents.node.ts";

export interface ExtractOptions {
  /** How many examples; of a data set at most as many as it has. Default: all of a data set. */
  readonly count?: number;
  /** Which examples of a data set, or which samples. Default 0. */
  readonly seed?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface ExtractedFeatures {
  readonly features: Features;
  /** Class probabilities, where the extractor is a classifier. */
  readonly probabilities?: Features;
  /** Numbers of the examples in their data set, in the order of the rows. */
  readonly indices?: Int32Array;
}

/** Examples in one portion at most, and numbers in it: 64 MB. */
const mostExamples = 256;
const mostNumbers = 2 ** 24;

/**
 * Features of a data set's examples or of a run's samples. Of a data set all are taken in their order, or where `count` is
 * smaller as many as that without replacement, chosen by the seed alone; of a sampler the samples 0 … count − 1 of the seed.
 * Throws (UserError) where there is nothing to take, or a feature is not finite.
 */
export async function extractFeatures(
  source: Dataset | RunSampler,
  extractor: FeatureExtractor,
  { count, seed = 0, onProgress }: ExtractOptions = {},
): Promise<ExtractedFeatures> {
  const { portion, total, indices, next } = portionsOf(source, count, seed);
  let features: Float32Array | undefined;
  let probabilities: Float32Array | undefined;
  const [d, classes] = [extractor.dimensions, extractor.classes];
  for (let first = 0; first < total; first += portion) {
    onProgress?.(first, total);
    const n = Math.min(portion, total - first);
    const { data, shape } = await next(first, n);
    const made = await extractor.extract(data, n, shape);
    checkFinite(made.features, d, first, extractor);
    features ??= new Float32Array(total * d);
    features.set(made.features, first * d);
    if (!made.probabilities || classes === undefined) continue;
    probabilities ??= new Float32Array(total * classes);
    probabilities.set(made.probabilities, first * classes);
  }
  onProgress?.(total, total);
  return {
    features: { data: features!, count: total, dimensions: d },
    ...(probabilities && { probabilities: { data: probabilities, count: total, dimensions: classes! } }),
    ...(indices && { indices }),
  };
}

interface Portions {
  readonly portion: number;
  readonly total: number;
  readonly indices?: Int32Array;
  next(first: number, n: number): Promise<Examples>;
}

function portionsOf(source: Dataset | RunSampler, count: number | undefined, seed: number): Portions {
  if (count !== undefined && !(Number.isSafeInteger(count) && count >= 1))
    throw new UserError(`The number of examples is ${count}, expected a whole number of at least 1.`);
  if ("sample" in source) {
    if (count === undefined) throw new UserError("Say how many samples to draw; a model has any number.");
    return { portion: mostExamples, total: count, next: (first, n) => source.sample(seed, first, n) };
  }
  if (source.length < 1) throw new UserError(`${source.name} has no examples; give data with at least one.`);
  const size = source.shape.reduce((a, b) => a * b, 1);
  const indices = chosenIndices(source.length, count ?? source.length, seed);
  return {
    portion: Math.max(1, Math.min(mostExamples, Math.floor(mostNumbers / size))),
    total: indices.length,
    indices,
    async next(first, n) {
      const data = new Float32Array(n * size);
      source.read(indices.subarray(first, first + n), data);
      return { data, shape: [n, ...source.shape] };
    },
  };
}

/** All of `length` in their order, or `count` of them without replacement, chosen by the seed alone. */
export function chosenIndices(length: number, count: number, seed: number): Int32Array {
  if (count >= length) return Int32Array.from({ length }, (_, i) => i);
  const order = permutation(length, "evaluation", seed);
  return Int32Array.from({ length: count }, (_, i) => order(i));
}

function checkFinite(
  features: Float32Array,
  d: number,
  first: number,
  { name, dimensions }: FeatureExtractor,
): void {
  const bad = features.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) {
    throw new UserError(
      `${name} gives ${features[bad]} as feature ${bad % dimensions} of example ${first + Math.floor(bad / d)}; expected finite numbers: look at that example, or at the scale of the pixels in its sidecar.`,
    );
  }
}
