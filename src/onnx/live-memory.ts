/** How many bytes of results are alive at once while a graph runs. */
import { type DType, sizeOf, type Tensor } from "../tensor/index.ts";

const bytesPerElement: { readonly [T in DType]: number } = {
  ...{ float32: 4, float64: 8, int32: 4, int64: 8, bool: 1 },
};

/** Operations that give their input another shape or name and take no memory. */
const views: ReadonlySet<string> = new Set(["reshape", "piece", "stopGradient"]);

export const isView = (t: Tensor): boolean => views.has(t.op.name);

/** What holds the elements of t. */
export const storageOf = (t: Tensor): Tensor => (isView(t) ? storageOf(t.inputs[0]!) : t);

export const isLeaf = (t: Tensor): boolean => t.inputs.length === 0;

/** Bytes that computing t takes; inputs of the graph and constants are there already. */
export const bytesOf = (t: Tensor): number => (isLeaf(t) ? 0 : bytesPerElement[t.dtype] * sizeOf(t.shape));

/** How often each storage is read, as an output of the graph once more. */
export function readersOf(tensors: readonly Tensor[], outputs: readonly Tensor[]): Map<Tensor, number> {
  const readers = new Map<Tensor, number>();
  const read = (x: Tensor): unknown => readers.set(x, (readers.get(x) ?? 0) + 1);
  for (const t of tensors) if (!isView(t)) for (const x of new Set(t.inputs.map(storageOf))) read(x);
  for (const t of outputs) read(storageOf(t));
  return readers;
}

/** The most bytes of results that are alive at once when the tensors are computed in this order. */
export function peakBytes(order: readonly Tensor[], outputs: readonly Tensor[]): number {
  const readers = readersOf(order, outputs);
  let [alive, peak] = [0, 0];
  for (const t of order) {
    if (isView(t)) continue;
    alive += bytesOf(t);
    peak = Math.max(peak, alive);
    for (const x of new Set(t.inputs.map(storageOf))) {
      const left = readers.get(x)! - 1;
      readers.set(x, left);
      if (left === 0) alive -= bytesOf(x);
    }
  }
  return peak;
}
