import { normalizeAxis } from "../shape.ts";
import type { Op, Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import { mul } from "./binary.ts";
import { requireNumbers } from "./check.ts";
import { padAxis } from "./pad.ts";
import { narrow } from "./slice.ts";

export type CumulativeOptions = {
  /** Start from the last element. */
  reverse?: boolean;
  /** Leave the element itself out: the first result is 0 for sums and 1 for products. */
  exclusive?: boolean;
};
type CumsumAttributes = { axis: number; reverse: boolean; exclusive: boolean };

const cumsumOp: Op<CumsumAttributes> = {
  name: "cumsum",
  infer([x]) {
    requireNumbers("cumsum", x!);
    return { shape: x!.shape, dtype: x!.dtype };
  },
  vjp: ({ g, attrs }) => [apply(cumsumOp, [g], { ...attrs, reverse: !attrs.reverse })],
  onnx: (w, [x], _, { axis, reverse, exclusive }) =>
    w.node("CumSum", [x!, w.scalar(axis, "int64")], {
      reverse: Number(reverse),
      exclusive: Number(exclusive),
    }),
};

/** Running sums along `axis`: y[i] = Σ x[j] over j ≤ i. */
export function cumsum(x: Tensor, axis: number, options: CumulativeOptions = {}): Tensor {
  const { reverse = false, exclusive = false } = options;
  return apply(cumsumOp, [x], { axis: normalizeAxis(axis, x.rank, "cumsum"), reverse, exclusive });
}

/**
 * Running products along `axis`: y[i] = Π x[j] over j ≤ i. Zeros and signs need no care, and it can be differentiated
 * to any order: log₂ n steps multiply each element by the one 1, 2, 4, … places before it (Hillis and Steele 1986).
 */
export function cumprod(x: Tensor, axis: number, options: CumulativeOptions = {}): Tensor {
  requireNumbers("cumprod", x);
  const { reverse = false, exclusive = false } = options;
  const at = normalizeAxis(axis, x.rank, "cumprod");
  const size = x.shape[at]!;
  const shifted = (y: Tensor, by: number): Tensor =>
    reverse ? narrow(padAxis(y, at, 0, by, 1), at, by, size) : narrow(padAxis(y, at, by, 0, 1), at, 0, size);
  let y = exclusive ? shifted(x, 1) : x;
  for (let by = 1; by < size; by *= 2) y = mul(y, shifted(y, by));
  return y;
}
