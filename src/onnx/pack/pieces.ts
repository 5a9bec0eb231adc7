/** Cutting a flat vector into pieces by one Split, and joining pieces again. */
import { apply, concat, type Op, reshape, type Shape, type Tensor } from "../../tensor/index.ts";

/** Stands for all outputs of a Split, under the name of the first. */
const cutOp: Op<{ sizes: Shape }> = {
  name: "cut",
  infer: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
  onnx: (w, [x], _, { sizes }) => w.node("Split", [x!, w.constantInts(sizes)], { axis: 0 }, sizes.length),
};

const pieceOp: Op<{ index: number; size: number }> = {
  name: "piece",
  infer: ([x], { size }) => ({ shape: [size], dtype: x!.dtype }),
  onnx: (_, [x], __, { index }) => (index === 0 ? x! : `${x}_${index}`),
};

/** The pieces of flat vectors, each vector cut once. */
export interface Pieces {
  /** Piece number `index` of a vector cut into pieces of these sizes: [sizes[index]]. */
  of(flat: Tensor, sizes: Shape, index: number): Tensor;
  /** All tensors behind one another: the vector itself where they are its pieces. */
  join(list: readonly Tensor[]): Tensor;
}

export function newPieces(): Pieces {
  const cuts = new Map<Tensor, Tensor>();
  const known = new Map<string, Tensor>();
  const ids = new Map<Tensor, number>();
  const cut = (flat: Tensor, sizes: Shape): Tensor => {
    const whole = cuts.get(flat) ?? apply(cutOp, [flat], { sizes });
    cuts.set(flat, whole);
    ids.set(flat, ids.get(flat) ?? ids.size);
    return whole;
  };
  return {
    of(flat, sizes, index) {
      const whole = cut(flat, sizes);
      const key = `${ids.get(flat)}/${index}`;
      const piece = known.get(key) ?? apply(pieceOp, [whole], { index, size: sizes[index]! });
      known.set(key, piece);
      return piece;
    },
    join: (list) => wholeOf(list.map(bare)) ?? concat(list.map((x) => reshape(bare(x), [x.size]))),
  };
}

/** Without reshapes: in the end all are vectors. */
function bare(x: Tensor): Tensor {
  return x.op.name === "reshape" ? bare(x.inputs[0]!) : x;
}

/** The vector that `list` are all the pieces of, in their order. */
function wholeOf(list: readonly Tensor[]): Tensor | undefined {
  const cut = list[0]!.inputs[0];
  const count = (cut?.attrs["sizes"] as Shape | undefined)?.length;
  const fits = (x: Tensor, i: number): boolean =>
    x.op === (pieceOp as Op) && x.inputs[0] === cut && x.attrs["index"] === i;
  return count === list.length && list.every(fits) ? cut!.inputs[0] : undefined;
}
