import { isFloat } from "../dtype.ts";
import { UserError } from "../errors.ts";
import { broadcastShapes, formatShape, sizeOf } from "../shape.ts";
import type { Emitter, Op, Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import { sumTo } from "./broadcast.ts";
import { reshape } from "./reshape.ts";

/** transA/transB: the operand's last two axes are used exchanged. */
export type MatmulAttributes = { transA: boolean; transB: boolean };

function dims(x: Tensor, trans: boolean): [number, number] {
  const [r, c] = [x.shape[x.rank - 2]!, x.shape[x.rank - 1]!];
  return trans ? [c, r] : [r, c];
}

/** Matrix product with optional transposes; a third input is a bias row added to every row (made by the fusion pass). */
export const matmulOp: Op<MatmulAttributes> = {
  name: "matmul",
  infer([a, b], { transA, transB }) {
    const [m, k] = dims(a!, transA);
    const [k2, n] = dims(b!, transB);
    const batch = broadcastShapes(a!.shape.slice(0, -2), b!.shape.slice(0, -2));
    if (k !== k2 || !batch || a!.dtype !== b!.dtype || !isFloat(a!.dtype)) {
      throw new UserError(
        `matmul: got ${a!.dtype}${formatShape(a!.shape)} and ${b!.dtype}${formatShape(b!.shape)}, expected float32 or float64 [..., m, k] and [..., k, n]; inner sizes ${k} and ${k2} must be equal and leading axes must broadcast.`,
      );
    }
    return { shape: [...batch, m, n], dtype: a!.dtype };
  },
  vjp({ g, inputs: [a, b], attrs: { transA, transB } }) {
    const ga = transA ? product(b!, g, transB, true) : product(g, b!, false, !transB);
    const gb = transB ? product(g, a!, true, transA) : product(a!, g, !transA, false);
    return [sumTo(ga, a!.shape), sumTo(gb, b!.shape)];
  },
  onnx(w, inputs, y, { transA, transB }) {
    if (y.rank === 2) return w.node("Gemm", inputs, { transA: Number(transA), transB: Number(transB) });
    const [a, b] = inputs.map((name, i) => {
      const flip = i === 0 ? transA : transB;
      return flip ? swapLast(w, name, y.inputs[i]!.rank) : name;
    });
    return w.node("MatMul", [a!, b!]);
  },
};

function swapLast(w: Emitter, name: string, rank: number): string {
  const perm = Array.from({ length: rank }, (_, i) =>
    i === rank - 1 ? rank - 2 : i === rank - 2 ? rank - 1 : i,
  );
  return w.node("Transpose", [name], { perm });
}

/**
 * Products of stacks of matrices [k, m, n]·[k, n, p] whose operands may be used transposed as they lie: on the CPU by a kernel of
 * ONNX Runtime's own, so a graph with them is not for other runtimes.
 */
export const batchedProductOp: Op<MatmulAttributes> = {
  ...matmulOp,
  name: "batchedProduct",
  vjp: ({ g, inputs, y, attrs }) => matmulOp.vjp!({ g, inputs, y, attrs }),
  onnx: (w, inputs, _, { transA, transB }) =>
    w.node(
      "FusedMatMul",
      inputs,
      { transA: Number(transA), transB: Number(transB) },
      { domain: "com.microsoft" },
    ),
};

/** a·b or a·bᵀ for each matrix of two stacks; written by the lowerings of convolutions. */
export function batchedProduct(a: Tensor, b: Tensor, options: { transB: boolean }): Tensor {
  return apply(batchedProductOp, [a, b], { transA: false, ...options });
}

function product(a: Tensor, b: Tensor, transA: boolean, transB: boolean): Tensor {
  return apply(matmulOp, [a, b], { transA, transB });
}

/**
 * Matrix product a·b as in NumPy: the last two axes are matrices, leading axes broadcast, a vector is a row on the left
 * and a column on the right.
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  if (a.rank === 0 || b.rank === 0) {
    throw new UserError(
      `matmul: got ${formatShape(a.shape)} and ${formatShape(b.shape)}; scalars multiply with mul().`,
    );
  }
  if (a.rank === 1) {
    const y = matmul(reshape(a, [1, a.shape[0]!]), b);
    return reshape(y, [
      ...y.shape.slice(0, b.rank === 1 ? -1 : -2),
      ...(b.rank === 1 ? [] : y.shape.slice(-1)),
    ]);
  }
  if (b.rank === 1) {
    const y = matmul(a, reshape(b, [b.shape[0]!, 1]));
    return reshape(y, y.shape.slice(0, -1));
  }
  if (a.rank > 2 && b.rank === 2 && a.shape.at(-1) === b.shape[0]) {
    // One big Gemm is faster than a batch of small ones with the same right side.
    const rows = reshape(a, [sizeOf(a.shape.slice(0, -1)), a.shape.at(-1)!]);
    return reshape(product(rows, b, false, false), [...a.shape.slice(0, -1), b.shape[1]!]);
  }
  return product(a, b, false, false);
}
