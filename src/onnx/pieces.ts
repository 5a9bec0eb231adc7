/** Cutting a tensor into pieces along an axis by one Split, and joining pieces again. */
import { apply, concat, type Op, reshape, type Shape, type Tensor } from "../tensor/index.ts";

type CutAttributes = { axis: number; sizes: Shape };

/** Stands for all outputs of a Split, under the name of the first. */
const cutOp: Op<CutAttributes> = {
  name: "cut",
  infer: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
  onnx: (w, [x], _, { axis, sizes }) =>
    w.node("Split", [x!, w.constantInts(sizes)], { axis }, { outputs: sizes.length }),
};

const pieceOp: Op<CutAttributes & { index: number }> = {
  name: "piece",
  infer: ([x], { axis, sizes, index }) => ({
    shape: x!.shape.map((size, i) => (i === axis ? sizes[index]! : size)),
    dtype: x!.dtype,
  }),
  onnx: (_, [x], __, { index }) => (index === 0 ? x! : `${x}_${index}`),
};

/** The pieces of `x` cut into pieces of these sizes along `axis`. */
export function cut(x: Tensor, sizes: Shape, axis = 0): Tensor[] {
  const whole = apply(cutOp, [x], { axis, sizes });
  return sizes.map((_, index) => apply(pieceOp, [whole], { axis, sizes, index }));
}

/** All tensors behind one another as a vector: the one whose pieces they are, or a joined one. */
export function join(list: readonly Tensor[]): Tensor {
  const bare = list.map(withoutReshapes);
  return wholeOf(bare) ?? concat(bare.map((x) => reshape(x, [x.size])));
}

function withoutReshapes(x: Tensor): Tensor {
  return x.op.name === "reshape" ? withoutReshapes(x.inputs[0]!) : x;
}

/** The vector that `list` are all the pieces of, in their order. */
function wholeOf(list: readonly Tensor[]): Tensor | undefined {
  const whole = list[0]!.inputs[0];
  if (whole?.op !== (cutOp as Op) || whole.rank !== 1) return undefined;
  const complete = (whole.attrs as CutAttributes).sizes.length === list.length;
  const fits = (x: Tensor, i: number): boolean =>
    x.op === (pieceOp as Op) && x.inputs[0] === whole && x.attrs["index"] === i;
  return complete && list.every(fits) ? whole.inputs[0] : undefined;
}
