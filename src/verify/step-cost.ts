/** What one step of a sampler costs, counted in its graph. */
import type { SequentialSampler, SequentialState } from "../models/model.ts";
import { flopsOf } from "../onnx/cost.ts";
import { optimize } from "../onnx/index.ts";
import { graphOf, traceFunction } from "../runtime/specialize.ts";
import type { Tensor } from "../tensor/index.ts";

type Leaf = Pick<Tensor, "shape" | "dtype">;
const isLeaf = (x: unknown): boolean => typeof x === "object" && x !== null && "dtype" in x;
const options = { name: "cost", training: false };

/**
 * Floating-point operations of one step for n examples, as the compiler leaves it; what is done between steps counts with its
 * share. Numbers that are moved count as one operation each, so that a step does not look cheaper than it is.
 */
export function flopsOfStep(sampler: SequentialSampler, n: number): number {
  const begun = traceFunction(() => sampler.init({ n }), [], isLeaf, options).result as SequentialState;
  const state: { [name: string]: Leaf } = {};
  for (const [name, { shape, dtype }] of Object.entries(begun)) state[name] = { shape, dtype };
  const cost = (step: SequentialSampler["step"]): number => {
    const changed = (given: SequentialState, i: Tensor): SequentialState =>
      Object.fromEntries(Object.entries(step(given, i)).filter(([name, value]) => value !== given[name]));
    const i: Leaf = { shape: [], dtype: "int32" };
    const traced = traceFunction(changed, [state, i], isLeaf, options);
    return flopsOf(optimize(graphOf(traced), { device: "cpu", layouts: new Map() }).graph);
  };
  const { between } = sampler;
  return cost(sampler.step) + (between ? cost(between.step) / between.every : 0);
}
