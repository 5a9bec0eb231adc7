import type { Tensor } from "../../tensor/index.ts";
import { Tensor as TensorNode } from "../../tensor/index.ts";
import { type Rule, useCounts, withInputs } from "../rewrite.ts";

/**
 * Lets convolutions of blocked pictures apply the relu that follows them, and leaves out the way from blocks and back where one
 * follows the other: two passes over memory less in a chain of convolutions. The derivative of a relu needs its result only.
 */
export function fuseActivation(outputs: readonly Tensor[]): Rule {
  const uses = useCounts(outputs);
  return (t, before) => {
    const [x, own] = [t.inputs[0], before.inputs[0]];
    if (x?.op.name !== "fromBlocks" || !own) return undefined;
    if (t.op.name === "toBlocks") return x.inputs[0];
    const made = x.inputs[0]!;
    const readOnce = uses.get(own) === 1 && uses.get(own.inputs[0]!) === 1;
    if (t.op.name !== "relu" || made.op.name !== "blockedConv" || !readOnce) return undefined;
    const attrs = { ...made.attrs, activation: "Relu" };
    return withInputs(x, [new TensorNode(made.op, made.inputs, attrs, made, made.scope)]);
  };
}
