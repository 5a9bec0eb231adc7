import { type MatmulAttributes, type Shape, Tensor } from "../../tensor/index.ts";
import type { Rule } from "../rewrite.ts";

/** A product of a transposed matrix becomes a product with a transpose flag: Gemm reads either order at full speed. */
export const matmulTransposes: Rule = (t) => {
  if (t.op.name !== "matmul" || t.rank !== 2) return undefined;
  const [a, b, ...bias] = t.inputs as [Tensor, Tensor, ...Tensor[]];
  const { transA, transB } = t.attrs as MatmulAttributes;
  const [flipA, flipB] = [isTranspose(a), isTranspose(b)];
  if (!flipA && !flipB) return undefined;
  const inputs = [flipA ? a.inputs[0]! : a, flipB ? b.inputs[0]! : b, ...bias];
  return new Tensor(t.op, inputs, { transA: transA !== flipA, transB: transB !== flipB }, t, t.scope);
};

function isTranspose(x: Tensor): boolean {
  return x.op.name === "permute" && x.rank === 2 && (x.attrs["perm"] as Shape)[0] === 1;
}
