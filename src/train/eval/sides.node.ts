/** The sets that are compared, as sides: examples of a data set, samples of a run, or features from a file. */
import type { Dataset } from "../../data/dataset.ts";
import { permutation } from "../../data/permute-index.ts";
import { subset } from "../../data/subset.ts";
import type { Features, Images } from "../../metrics/index.ts";
import { extractFeatures } from "../extract-features.node.ts";
import type { FeatureExtractor } from "../extractors/extractor.ts";
import type { RunSampler } from "../latents.node.ts";
import type { Side } from "./evaluation.ts";

/** Pictures of samples that metrics may look at again are kept up to this many numbers. */
const mostKept = 2 ** 27;

type Progress = (stage: string, done: number, total: number) => void;

/** `count` examples of a data set, chosen by the seed; all of them in their order where it has no more. */
export function datasetSide(
  data: Dataset,
  { name, count, seed, extractor, progress, first = 0 }: DatasetSideOptions,
): Side {
  const order = permutation(data.length, "evaluation", seed);
  const indices = Int32Array.from({ length: count }, (_, i) =>
    count === data.length ? i : order(first + i),
  );
  const part = subset(data, indices, `${first}+${count}`);
  const onProgress = (done: number): void => progress(`features of ${name}`, done, count);
  return {
    name,
    count,
    extracted: once(() => extractFeatures(part, extractor, { onProgress })),
    ...(data.kind === "image" && { pictures: async (numbers: readonly number[]) => read(part, numbers) }),
  };
}

export interface DatasetSideOptions {
  readonly name: string;
  readonly count: number;
  readonly seed: number;
  readonly extractor: FeatureExtractor;
  readonly progress: Progress;
  /** Where in the seed's order to begin: two sides of one data set must not share examples. Default 0. */
  readonly first?: number;
}

function read(data: Dataset, indices: ArrayLike<number>): Images {
  const shape = [indices.length, ...data.shape];
  const out = new Float32Array(shape.reduce((a, b) => a * b, 1));
  data.read(indices, out);
  return { data: out, shape };
}

/** Samples 0 … count − 1 of a run's seed. */
export function samplesSide(
  sampler: RunSampler,
  {
    name,
    count,
    seed,
    extractor,
    progress,
    kind,
  }: Omit<DatasetSideOptions, "first"> & { kind: "image" | "points" },
): Side {
  const kept: Images[] = [];
  const recording: RunSampler = {
    ...sampler,
    async sample(ofSeed, first, n) {
      const images = await sampler.sample(ofSeed, first, n);
      if ((first + n) * (images.data.length / n) <= mostKept) kept.push(images);
      return images;
    },
  };
  const onProgress = (done: number): void => progress(`samples of ${name}`, done, count);
  const extracted = once(() => extractFeatures(recording, extractor, { count, seed, onProgress }));
  const pictures = async (numbers: readonly number[]): Promise<Images> => {
    await extracted();
    const one = await Promise.all(numbers.map((i) => keptOr(kept, i, () => sampler.sample(seed, i, 1))));
    const size = one[0]?.data.length ?? 0;
    const data = new Float32Array(one.length * size);
    one.forEach((image, i) => {
      data.set(image.data, i * size);
    });
    return { data, shape: [one.length, ...(one[0]?.shape.slice(1) ?? [])] };
  };
  return { name, count, extracted, ...(kind === "image" && { pictures }) };
}

/** Portions are all of one size but the last, so that a sample's place among them is known. */
async function keptOr(kept: readonly Images[], i: number, make: () => Promise<Images>): Promise<Images> {
  const portion = kept[0]?.shape[0] ?? 1;
  const images = kept[Math.floor(i / portion)];
  if (!images) return await make();
  const size = images.data.length / images.shape[0]!;
  const at = (i % portion) * size;
  return { data: images.data.subarray(at, at + size), shape: [1, ...images.shape.slice(1)] };
}

/** Features that were extracted elsewhere. */
export function featuresSide(name: string, features: Features): Side {
  return { name, count: features.count, extracted: async () => ({ features }) };
}

/** Does the work at the first call, and gives the same result at every other. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}
