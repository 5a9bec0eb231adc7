/** What takes memory in the calls of a compiled function. */
import { bytesOf, type LivePeak } from "../onnx/index.ts";
import { sizeOf, type Variable } from "../tensor/index.ts";
import type { Specialization } from "./calls.ts";
import { variablesOf } from "./specialize.ts";

/** Memory of one call, bytes. */
export interface CallMemory {
  /** State that the function reads or writes, by variable: exact. */
  readonly variables: readonly { readonly variable: Variable; readonly bytes: number }[];
  /** Second buffers of variables whose old value may still be read when the new one is written. */
  readonly spare: number;
  /** Its arguments. */
  readonly arguments: number;
  /** Its random numbers. */
  readonly randoms: number;
  /** What its results and intermediate results take at once, by the order of the graph: an estimate. */
  readonly peak: LivePeak;
}

/** The memory of a call of a compiled function. */
export function memoryOf({ traced, inputs, randoms, spare, peak }: Specialization): CallMemory {
  const sum = (list: readonly { readonly tensor: Parameters<typeof bytesOf>[0] }[]): number =>
    list.reduce((total, { tensor }) => total + bytesOf(tensor), 0);
  return {
    variables: [...variablesOf(traced)].map((variable) => ({
      variable,
      bytes: bytesOf({ size: sizeOf(variable.shape), dtype: variable.dtype }),
    })),
    spare,
    arguments: sum(traced.inputs.filter(({ name }) => inputs.has(name))),
    randoms: sum(randoms),
    peak,
  };
}
