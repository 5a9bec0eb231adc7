import { expand, reshape } from "../../tensor/index.ts";
import type { Rule } from "../rewrite.ts";

const reductions: ReadonlySet<string> = new Set(["sum", "mean", "max", "min"]);

/** Reductions over axes of size 1 do nothing, and one number repeated is the same in any shape. */
export const trivial: Rule = (t) => {
  const [x] = t.inputs;
  if (reductions.has(t.op.name) && x!.size === t.size) return x;
  const repeated = t.op.name === "reshape" && x!.op.name === "expand" ? x!.inputs[0]! : undefined;
  return repeated?.size === 1 ? expand(reshape(repeated, []), t.shape) : undefined;
};
