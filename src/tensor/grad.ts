import { constant } from "./constant.ts";
import { UserError } from "./errors.ts";
import { add } from "./ops/binary.ts";
import { expand } from "./ops/broadcast.ts";
import { zerosLike } from "./ops/create.ts";
import { formatShape, sameShape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";
import { inScope } from "./trace.ts";

export type GradOptions = {
  /** What to do with a tensor on which the loss does not depend: an error (default), or zeros. */
  unused?: "error" | "zero";
};

/** Every tensor that `roots` are computed from, inputs before outputs. Iterative: recurrent nets are deep. */
export function topologicalOrder(roots: readonly Tensor[]): Tensor[] {
  const order: Tensor[] = [];
  const seen = new Set<Tensor>();
  // Two lists and no object for each node: a long graph is walked some dozens of times while it is optimised.
  const path: Tensor[] = [];
  const next: number[] = [];
  const enter = (node: Tensor): void => {
    if (seen.has(node)) return;
    seen.add(node);
    path.push(node);
    next.push(0);
  };
  for (const root of roots) {
    enter(root);
    while (path.length > 0) {
      const node = path[path.length - 1]!;
      const i = next[next.length - 1]!++;
      if (i < node.inputs.length) enter(node.inputs[i]!);
      else {
        order.push(node);
        path.pop();
        next.pop();
      }
    }
  }
  return order;
}

/**
 * Derivatives of a scalar by reverse accumulation: `grad(loss, [a, b])` returns [∂loss/∂a, ∂loss/∂b], tensors of the
 * shapes of a and b that can be differentiated again, to any order.
 * Throws where the loss is no float scalar, or does not depend on one of the tensors (unless `unused: "zero"`).
 */
export function grad(loss: Tensor, wrt: readonly Tensor[], options: GradOptions = {}): Tensor[] {
  if (loss.size !== 1 || loss.dtype !== "float32") {
    throw new UserError(
      `grad: the loss is ${loss.dtype}${formatShape(loss.shape)}, expected one float32 number; reduce it with mean() or sum().`,
    );
  }
  const order = topologicalOrder([loss]);
  const depends = new Set<Tensor>(wrt);
  for (const node of order) {
    if (node.op.vjp && node.inputs.some((x) => depends.has(x))) depends.add(node);
  }
  const adjoints = accumulate(loss, order, depends, new Set(wrt));
  return wrt.map((x) => adjoints.get(x) ?? missing(loss, x, options));
}

function accumulate(
  loss: Tensor,
  order: readonly Tensor[],
  depends: ReadonlySet<Tensor>,
  leaves: ReadonlySet<Tensor>,
): Map<Tensor, Tensor> {
  const adjoints = new Map<Tensor, Tensor>();
  if (!depends.has(loss)) return adjoints;
  adjoints.set(loss, expand(constant(1), loss.shape));
  for (let i = order.length - 1; i >= 0; i--) {
    const y = order[i]!;
    const g = adjoints.get(y);
    if (!g || !depends.has(y) || !y.op.vjp) continue;
    if (!leaves.has(y)) adjoints.delete(y);
    y.op.vjp({ g, y, inputs: y.inputs, attrs: y.attrs }).forEach((gx, k) => {
      const x = y.inputs[k]!;
      if (!gx || !depends.has(x)) return;
      if (!sameShape(gx.shape, x.shape)) {
        throw new Error(
          `derivative of ${y.op.name} has shape ${formatShape(gx.shape)} for an input ${formatShape(x.shape)}`,
        );
      }
      const before = adjoints.get(x);
      adjoints.set(x, before ? add(before, gx) : gx);
    });
  }
  return adjoints;
}

function missing(loss: Tensor, x: Tensor, options: GradOptions): Tensor {
  if (options.unused === "zero") return zerosLike(x);
  const name =
    x.op.name === "variable" ? `the parameter ${String(x.attrs["name"])}` : `a ${x}${inScope(x.scope)}`;
  throw new UserError(
    `grad: the loss ${loss} does not depend on ${name}; differentiate only with respect to what the loss uses, or pass { unused: "zero" }.`,
  );
}
