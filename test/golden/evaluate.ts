/** Golden cases as functions to compile: values, gradients and second-order results of many cases in one graph. */
import { grad, mul, pack, type Shape, sum, type Tensor, type TypedArray } from "../../src/index.ts";
import { type GoldenCase, type GoldenFile, type GoldenTensor, operationOf } from "./cases.ts";

export type Numbers = { data: TypedArray; shape: Shape };

/** What a case feeds: its inputs, the weights of y, and the directions of the second-order result. */
export type CaseInputs<T> = { inputs: T[]; c: T[]; d: T[] };
/** What comes out: y, the gradients, and the second-order gradients (of each input, then of c). */
export type CaseResult<T> = { y: T; grads: T[]; second: T[] };

export const numbers = ({ data, shape, dtype }: GoldenTensor): Numbers => ({
  data: pack(dtype ?? "float32", data),
  shape,
});

/** The numbers that a case feeds. */
export function inputsOf(golden: GoldenCase): CaseInputs<Numbers> {
  const { inputs, y, c, second } = golden;
  const floats = inputs.filter((x) => x.dtype === undefined);
  return {
    inputs: inputs.map(numbers),
    c: c ? [numbers({ data: c, shape: y.shape })] : [],
    d: (second?.d ?? []).map((data, i) => numbers({ data, shape: floats[i]!.shape })),
  };
}

/** y, ∂⟨y, c⟩/∂xᵢ, and the gradient of Σᵢ⟨∂⟨y, c⟩/∂xᵢ, dᵢ⟩ in each xᵢ and in c. */
export function evaluate(
  family: string,
  golden: GoldenCase,
  { inputs, c, d }: CaseInputs<Tensor>,
): CaseResult<Tensor> {
  const y = operationOf(family, golden)(inputs);
  if (!c[0]) return { y, grads: [], second: [] };
  const floats = inputs.filter((x) => x.dtype === "float32");
  const grads = grad(sum(mul(y, c[0])), floats);
  if (d.length === 0) return { y, grads, second: [] };
  const inner = grads.map((g, i) => sum(mul(g, d[i]!))).reduce((a, b) => a.add(b));
  return { y, grads, second: grad(inner, [...floats, c[0]], { unused: "zero" }) };
}

/** One function for all cases of `file`: a record of case inputs to a record of results. */
export function evaluateAll(
  family: string,
  file: GoldenFile,
): (inputs: Record<string, CaseInputs<Tensor>>) => Record<string, CaseResult<Tensor>> {
  return (inputs) =>
    Object.fromEntries(
      Object.entries(file).map(([name, golden]) => [name, evaluate(family, golden, inputs[name]!)]),
    );
}

/** The cases of a file in groups of at most `size`, so that a graph has many cases and few are compiled. */
export function batches(file: GoldenFile, size: number): GoldenFile[] {
  const entries = Object.entries(file);
  return Array.from({ length: Math.ceil(entries.length / size) }, (_, i) =>
    Object.fromEntries(entries.slice(i * size, (i + 1) * size)),
  );
}

/** ‖a − b‖ / ‖b‖; where b is exactly zero, ‖a‖. */
export function relativeError(a: ArrayLike<number | bigint>, b: readonly number[] | null): number {
  let [difference, size] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    const reference = b?.[i] ?? 0;
    difference += (Number(a[i]) - reference) ** 2;
    size += reference ** 2;
  }
  return size > 0 ? Math.sqrt(difference / size) : Math.sqrt(difference);
}
