/** Maps that put elements or channels into another order, and do nothing else. */
import { constant, currentScope, type Shape, sizeOf, type Tensor } from "../../tensor/index.ts";
import { deriveKey, fillPermutation } from "../../tensor/random/index.ts";
import { type Bijection, noVolumeChange } from "./bijection.ts";

const moved = (there: (x: Tensor) => Tensor, back: (z: Tensor) => Tensor): Bijection => ({
  forward: (x) => ({ z: there(x), logDet: noVolumeChange() }),
  inverse: back,
});

/** The last channel or feature (axis 1) first. */
export const reversal = (): Bijection =>
  moved(
    (x) => x.flip(1),
    (z) => z.flip(1),
  );

/** z[:, k] = x[:, order(n)[k]] along axis 1 of size n. */
export function reorder(order: (n: number) => ArrayLike<number>): Bijection {
  const take = (x: Tensor, indices: Int32Array): Tensor => x.gather(constant(indices), 1);
  return moved(
    (x) => take(x, Int32Array.from(order(x.shape[1]!))),
    (z) => take(z, inverseOrder(order(z.shape[1]!))),
  );
}

/** A fixed random order of the channels or features (axis 1), another one in each scope. */
export const shuffle = (): Bijection =>
  reorder((n) => {
    const key = deriveKey("shuffle", currentScope());
    return fillPermutation(new Int32Array(n), key) as Int32Array;
  });

/** Features with even numbers first, then those with odd ones: neighbours come into different halves. */
export const evenFirst = (): Bijection =>
  reorder((n) =>
    [0, 1].flatMap((parity) => Array.from({ length: n }, (_, k) => k).filter((k) => k % 2 === parity)),
  );

/** Pictures [N, …shape] as vectors [N, D]. */
export function flattening(shape: Shape): Bijection {
  return {
    ...moved(
      (x) => x.reshape([-1, sizeOf(shape)]),
      (z) => z.reshape([-1, ...shape]),
    ),
    outputShape: () => [sizeOf(shape)],
  };
}

function inverseOrder(order: ArrayLike<number>): Int32Array {
  const inverse = new Int32Array(order.length);
  for (let k = 0; k < order.length; k++) inverse[order[k]!] = k;
  return inverse;
}
