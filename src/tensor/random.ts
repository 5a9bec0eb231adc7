/**
 * Random sources: inputs of the compiled graph that the runtime fills from a counter-based generator keyed by
 * (seed, function, step, source), so the same numbers come on every device and after a resume.
 */
import type { DType } from "./dtype.ts";
import type { Shape } from "./shape.ts";
import type { Op, Tensor } from "./tensor.ts";
import { apply, currentTrace } from "./trace.ts";

/** What the host fills in; everything else is computed from these inside the graph. */
export type RandomKind = "normal" | "uniform" | "randint" | "permutation";
export type RandomAttributes = {
  kind: RandomKind;
  shape: Shape;
  dtype: DType;
  source: number;
  low: number;
  high: number;
};

const randomOp: Op<RandomAttributes> = {
  name: "random",
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
  onnx(_, __, y) {
    throw new Error(`the random source ${y.attrs["source"]} was not bound to a graph input`);
  },
};

/** Makes the next random source of the trace. */
export function randomSource(kind: RandomKind, shape: Shape, dtype: DType, low = 0, high = 0): Tensor {
  const trace = currentTrace(kind);
  const source = trace.randoms.length;
  const x = apply(randomOp, [], { kind, shape, dtype, source, low, high });
  trace.randoms.push(x);
  return x;
}
