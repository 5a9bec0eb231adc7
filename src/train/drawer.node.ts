/** Portions of examples that a run's model draws: example i of a seed is the same however many are asked for. */
import { join, samplerStep } from "../export-page/latents.ts";
import { compile, type Runtime, type Value } from "../runtime/index.ts";
import { type Shape, type Tensor, UserError } from "../tensor/index.ts";
import type { Examples } from "./latents.node.ts";
import type { OpenRun } from "./open-run.node.ts";

/** The name under which models without a plain prior draw their random numbers. */
export const samplerName = "sample";

export function floats(y: Value): Float32Array {
  if (y.data instanceof Float32Array) return y.data;
  throw new UserError(
    "the model gives whole numbers where pixels or points were expected; cast them to float32.",
  );
}

/** Seeds are whole numbers from 0 to 2³² − 1: what fits a field of the page. */
export function checkSeed(seed: number): number {
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32)
    throw new UserError(`seed is ${seed}, expected a whole number from 0 to 4294967295.`);
  return seed;
}

/** Examples first, …, first + count − 1 of a seed. */
export type Draw = (seed: number, first: number, count: number) => Promise<Examples>;

/**
 * Random numbers of a run's samplers: keyed by a name and by a step of ours, whatever else was compiled or called on the runtime,
 * so that every sampler of a run draws the same.
 */
function keyed({ runtime }: OpenRun, name: string): { runtime: Runtime; at(step: number): void } {
  let step = 0;
  const internals = { ...runtime.internals, register: () => name, nextStep: () => step };
  return {
    runtime: { ...runtime, internals },
    at(next) {
      step = next;
    },
  };
}

/** Rows of a function that draws its own random numbers, portion by portion. */
export function drawer(run: OpenRun, fn: (n: number) => Tensor, portion: number): Draw {
  const { runtime, at } = keyed(run, samplerName);
  const compiled = compile(() => run.withAverages(() => fn(portion)), {
    ...{ runtime, training: false, name: samplerName },
  });
  return byPortions(portion, (seed, p) => {
    at(samplerStep(seed, p));
    return compiled();
  });
}

/** Rows of a function that draws its own random numbers beside those of latent vectors. */
export function drawerGiven(
  run: OpenRun,
  fn: (z: Tensor) => Tensor,
  { latents, portion }: { readonly latents: Draw; readonly portion: number },
): Draw {
  const name = `${samplerName} given`;
  const { runtime, at } = keyed(run, name);
  const compiled = compile((z: Tensor) => run.withAverages(() => fn(z)), {
    ...{ runtime, training: false, name },
  });
  return byPortions(portion, async (seed, p) => {
    const z = await latents(seed, p * portion, portion);
    at(samplerStep(seed, p));
    return await compiled(z);
  });
}

/** Rows first … first + count − 1 out of portions that are drawn as a whole. */
export function byPortions(portion: number, drawPortion: (seed: number, p: number) => Promise<Value>): Draw {
  return async (seed, first, count) => {
    checkSeed(seed);
    const parts: Float32Array[] = [];
    let shape: Shape = [];
    for (let p = Math.floor(first / portion); p * portion < first + count; p++) {
      const y = await drawPortion(seed, p);
      shape = y.shape.slice(1);
      const size = y.data.length / portion;
      const from = Math.max(0, first - p * portion);
      const to = Math.min(portion, first + count - p * portion);
      parts.push(floats(y).subarray(from * size, to * size));
    }
    return { data: join(parts), shape: [count, ...shape] };
  };
}
