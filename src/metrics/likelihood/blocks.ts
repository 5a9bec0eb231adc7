/** Examples of a dataset block by block through a compiled function, with random numbers that depend on names alone. */
import type { Dataset } from "../../data/index.ts";
import { type Compiled, compile, type Runtime, type Value } from "../../runtime/index.ts";
import { sizeOf, type Tensor, UserError } from "../../tensor/index.ts";
import { deriveKey, fillPermutation, fillUniform } from "../../tensor/random/index.ts";
import { binWidths } from "./bits-per-dimension.ts";
import type { LikelihoodOptions } from "./options.ts";

/** One block: always as many examples, so that a function is compiled once; only the first `count` are new. */
export interface Block {
  readonly x: Value;
  readonly first: number;
  readonly count: number;
}

/** How many examples will be looked at. Throws (UserError) where there are none, or the options make no sense. */
export function exampleCount(
  dataset: Dataset,
  { examples = dataset.length, ...o }: LikelihoodOptions,
): number {
  const count = Math.min(examples, dataset.length);
  if (!Number.isInteger(count) || count < 2) {
    throw new UserError(
      `a likelihood of ${count} examples of ${dataset.name} (${o.split}) is asked for; expected a whole number of at least 2, which a standard error needs.`,
    );
  }
  if (o.dequantization === "uniform" && dataset.kind !== "image") {
    throw new UserError(`${dataset.name} is no set of pictures; dequantization is for pixels, leave it out.`);
  }
  return count;
}

/** The order in which examples are taken: a folder may be sorted by class, so the first ones are not a fair choice. */
export function likelihoodOrder(dataset: Dataset): Int32Array {
  return fillPermutation(new Int32Array(dataset.length), deriveKey("likelihood")) as Int32Array;
}

/** Calls `visit` with every block in turn. */
export async function forEachBlock(
  dataset: Dataset,
  options: LikelihoodOptions,
  visit: (block: Block) => Promise<void>,
): Promise<void> {
  const n = exampleCount(dataset, options);
  const { dequantization = "none", block = 100, onProgress, runtime } = options;
  const order = likelihoodOrder(dataset);
  const size = Math.min(block, n);
  const dimensions = sizeOf(dataset.shape);
  const key = deriveKey(runtime.seed, "dequantization");
  for (let first = 0; first < n; first += size) {
    const count = Math.min(size, n - first);
    const indices = Int32Array.from({ length: size }, (_, i) => order[Math.min(first + i, n - 1)]!);
    const data = new Float32Array(size * dimensions);
    dataset.read(indices, data);
    if (dequantization === "uniform") {
      const noise = fillUniform(new Float32Array(data.length), key, { start: first * dimensions });
      for (let i = 0; i < data.length; i++) data[i]! += (noise[i]! - 0.5) * binWidths.signed;
    }
    await visit({ x: { data, shape: [size, ...dataset.shape] }, first, count });
    onProgress?.((first + count) / n);
  }
}

/**
 * `fn` compiled for evaluation. Its random numbers are keyed by the runtime's seed, `name` and the number of calls, whatever
 * else was compiled on the runtime before: the same estimate gives the same number wherever it stands in a list.
 */
export function compileNamed<F extends (...args: Tensor[]) => unknown>(
  runtime: Runtime,
  name: string,
  fn: F,
): Compiled<F> {
  let step = 0;
  const internals = { ...runtime.internals, register: () => name, nextStep: () => step++ };
  return compile(fn, { runtime: { ...runtime, internals }, name, training: false });
}

/** The value of every example by a function [N, …] → [N]. */
export async function perExampleOver(
  dataset: Dataset,
  name: string,
  fn: (x: Tensor) => Tensor,
  options: LikelihoodOptions,
): Promise<Float64Array> {
  const nats = new Float64Array(exampleCount(dataset, options));
  const f = compileNamed(options.runtime, name, (x: Tensor) => fn(x));
  await forEachBlock(dataset, options, async ({ x, first, count }) => {
    const { data } = await f(x);
    for (let i = 0; i < count; i++) nats[first + i] = Number(data[i]);
  });
  return nats;
}
