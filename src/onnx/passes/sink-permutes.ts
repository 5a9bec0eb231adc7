/**
 * Moves permutes towards the outputs, and those to channels last towards the inputs, through everything that does not mind
 * the order of axes, until they meet their inverse and vanish: layers in channels-last form then stay in it through
 * normalisation and activation.
 */
import { invertPermutation, permute, reshape, type Shape, sameShape, Tensor } from "../../tensor/index.ts";
import { elementwise } from "../elementwise.ts";
import type { Rule } from "../rewrite.ts";
import { cutsOrPads, joinedInOrder, onOrdered, reshapeAfter, reshapeBefore } from "./permuted-structure.ts";

const reductions = new Set(["sum", "mean", "max", "min"]);

/** Operands this much smaller than the result (per-channel numbers) are reordered for nothing. */
const small = 16;

/** One step: the permutes in front of an operation become one behind it. Those to channels last stay. */
export const sinkPermutes: Rule = (t) => {
  if (elementwise.has(t.op.name)) return throughElementwise(t);
  if (reductions.has(t.op.name)) return throughReduction(t);
  return throughStructure(t);
};

const permOf = (x: Tensor): Shape | undefined =>
  x.op.name === "permute" ? (x.attrs["perm"] as Shape) : undefined;

/** From channels first to channels last, whatever the number of spatial axes; or so behind axes that groups of channels have. */
function isToLast(perm: Shape): boolean {
  const channels = perm.at(-1)!;
  const rest = perm.slice(0, -1).every((axis, i) => axis === (i < channels ? i : i + 1));
  const spatial = perm.length - 1 - channels;
  return perm.length > 2 && channels > 0 && rest && spatial > (channels > 1 ? 1 : 0);
}

/**
 * A permute to channels last moves the other way, towards the inputs, through operations with one large operand: what
 * is computed from the same tensor then shares one permute.
 */
export const raisePermutes: Rule = (t) => {
  const perm = permOf(t);
  if (!perm || !isToLast(perm)) return undefined;
  const x = t.inputs[0]!;
  if (!elementwise.has(x.op.name)) return raisedOverStructure(x, perm);
  if (largeOperands(x).length !== 1) return undefined;
  const inputs = x.inputs.map((y) => reorder(y, invertPermutation(perm), perm, x.rank));
  return new Tensor(x.op, inputs, x.attrs, { shape: t.shape, dtype: x.dtype }, x.scope);
};

const largeOperands = (t: Tensor): Tensor[] => t.inputs.filter((x) => x.size * small > t.size);

function throughElementwise(t: Tensor): Tensor | undefined {
  const large = largeOperands(t);
  const perm = large.map(permOf).find((p) => p !== undefined && p.length === t.rank && !isToLast(p));
  if (!perm) return undefined;
  const ordered = large.filter((x) => permOf(x) && sameShape(permOf(x)!, perm)).length;
  if (ordered * 2 < large.length) return undefined; // more would have to be moved than is saved
  const inverse = invertPermutation(perm);
  const inputs = t.inputs.map((x) => reorder(x, perm, inverse, t.rank));
  const shape = inverse.map((axis) => t.shape[axis]!);
  return permute(new Tensor(t.op, inputs, t.attrs, { shape, dtype: t.dtype }, t.scope), perm);
}

/** `x` as it must be so that permuting the result by `perm` gives what the operation gave on `x`. */
function reorder(x: Tensor, perm: Shape, inverse: Shape, rank: number): Tensor {
  const own = permOf(x);
  if (own && own.length === rank && sameShape(own, perm)) return x.inputs[0]!;
  if (x.size === 1 && x.rank <= rank) return x.rank === 0 ? x : reshape(x, Array(x.rank).fill(1));
  const full = reshape(x, [...Array(rank - x.rank).fill(1), ...x.shape]);
  return permute(full, inverse);
}

/** Cuts, paddings, joins and reshapes of something permuted, as something permuted. */
function throughStructure(t: Tensor): Tensor | undefined {
  const perm = t.inputs.map(permOf).find((p) => p !== undefined && !isToLast(p));
  if (!perm) return undefined;
  const x = t.inputs[0]!;
  if (cutsOrPads(t)) return permute(onOrdered(t, x.inputs[0]!, invertPermutation(perm)), perm);
  if (t.op.name === "reshape") return reshapeBefore(x.inputs[0]!, perm, t.shape);
  if (t.op.name !== "concat") return undefined;
  const inverse = invertPermutation(perm);
  const ordered = t.inputs.filter((y) => permOf(y) && sameShape(permOf(y)!, perm));
  if (sizesOf(ordered) * 2 < t.size) return undefined;
  return permute(
    joinedInOrder(t, inverse, (y) => reorder(y, perm, inverse, t.rank)),
    perm,
  );
}

/** The permute of a cut, padding, join or reshape as one of what it is made from. */
function raisedOverStructure(x: Tensor, perm: Shape): Tensor | undefined {
  const y = x.inputs[0]!;
  if (cutsOrPads(x)) return y.size <= 2 * x.size ? onOrdered(x, permute(y, perm), perm) : undefined;
  if (x.op.name === "reshape") return reshapeAfter(y, x.shape, perm);
  if (x.op.name !== "concat") return undefined;
  return joinedInOrder(x, perm, (part) => permute(part, perm));
}

const sizesOf = (tensors: readonly Tensor[]): number => tensors.reduce((sum, t) => sum + t.size, 0);

function throughReduction(t: Tensor): Tensor | undefined {
  const x = t.inputs[0]!;
  const perm = permOf(x);
  if (!perm || isToLast(perm)) return undefined;
  const axes = (t.attrs["axes"] as Shape).map((axis) => perm[axis]!).sort((a, b) => a - b);
  const source = x.inputs[0]!;
  const shape = source.shape.map((d, i) => (axes.includes(i) ? 1 : d));
  return permute(new Tensor(t.op, [source], { axes }, { shape, dtype: t.dtype }, t.scope), perm);
}
