/**
 * Cutting, padding, joining and reshaping on the other side of a permute: op(permute(x)) = permute(op′(x)), and back. A reshape has
 * another side where it splits axes, or adds and drops axes of size 1.
 */
import {
  concat,
  invertPermutation,
  permute,
  reshape,
  type Shape,
  sizeOf,
  Tensor,
} from "../../tensor/index.ts";

/** What puts the axes of its result in an order, and those of its attributes likewise. */
const perAxis: { readonly [op: string]: readonly string[] } = {
  slice: ["starts", "ends", "steps"],
  pad: ["before", "after"],
};

export const cutsOrPads = (t: Tensor): boolean => t.op.name in perAxis;

/** `t`, a cut or padding, on `x`, which has its input's axes in the order `order`. */
export function onOrdered(t: Tensor, x: Tensor, order: Shape): Tensor {
  const attrs: Record<string, unknown> = { ...t.attrs };
  for (const key of perAxis[t.op.name]!) attrs[key] = order.map((axis) => (t.attrs[key] as Shape)[axis]!);
  const shape = order.map((axis) => t.shape[axis]!);
  return new Tensor(t.op, [x], attrs as Tensor["attrs"], { shape, dtype: t.dtype }, t.scope);
}

/** permute(join(xs)) for a join of tensors that are brought into the order `perm`. */
export function joinedInOrder(t: Tensor, perm: Shape, inOrder: (x: Tensor) => Tensor): Tensor {
  return concat(t.inputs.map(inOrder), perm.indexOf(t.attrs["axis"] as number));
}

/** reshape(permute(x, perm), shape) as a permute of a reshape of x; undefined where the reshape joins axes. */
export function reshapeBefore(x: Tensor, perm: Shape, shape: Shape): Tensor | undefined {
  const groups = splitOf(
    perm.map((axis) => x.shape[axis]!),
    shape,
  );
  if (!groups) return undefined;
  const order = invertPermutation(perm).flatMap((axis) => groups[axis]!);
  const before = reshape(
    x,
    order.map((axis) => shape[axis]!),
  );
  return permute(before, invertPermutation(order));
}

/** permute(reshape(x, shape), perm) as a reshape of a permute of x; undefined where the reshape splits axes. */
export function reshapeAfter(x: Tensor, shape: Shape, perm: Shape): Tensor | undefined {
  const groups = splitOf(shape, x.shape);
  if (!groups) return undefined;
  const order = perm.flatMap((axis) => groups[axis]!);
  return reshape(
    permute(x, order),
    perm.map((axis) => shape[axis]!),
  );
}

/** For each axis of `from` the axes of `to` that it is split into, those of size 1 beside it; undefined where one joins several. */
function splitOf(from: Shape, to: Shape): number[][] | undefined {
  const groups: number[][] = from.map(() => []);
  let axis = 0;
  let left = from[0] ?? 1;
  for (const [i, size] of to.entries()) {
    while (left === 1 && size !== 1 && axis < from.length - 1) left = from[++axis]!;
    if (left % size !== 0) return undefined;
    left /= size;
    groups[axis]!.push(i);
  }
  const whole = groups.every((group, i) => sizeOf(group.map((k) => to[k]!)) === from[i]!);
  return whole ? groups : undefined;
}
