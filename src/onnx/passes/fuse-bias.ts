import { reshape, type Tensor } from "../../tensor/index.ts";
import { type Rule, useCounts, withInputs } from "../rewrite.ts";

/** Gives matrix products and convolutions the bias that is added to them as a third input: one pass over memory less. */
export function fuseBias(outputs: readonly Tensor[]): Rule {
  const uses = useCounts(outputs);
  return (t, before) => {
    const usedOnce = (x: Tensor): boolean => uses.get(before.inputs[t.inputs.indexOf(x)]!) === 1;
    const fusable = (x: Tensor): boolean => x.inputs.length === 2 && usedOnce(x);
    if (t.op.name !== "add") return undefined;
    for (const [x, bias] of [t.inputs, [...t.inputs].reverse()] as [Tensor, Tensor][]) {
      if (!fusable(x)) continue;
      if (x.op.name === "matmul" && x.rank === 2 && isRow(bias, x.shape[1]!)) {
        return withInputs3(x, reshape(bias, [x.shape[1]!]));
      }
      if ((x.op.name === "conv" || x.op.name === "convTranspose") && isChannelVector(bias, x)) {
        return withInputs3(x, reshape(bias, [x.shape[1]!]));
      }
    }
    return undefined;
  };
}

function withInputs3(x: Tensor, bias: Tensor): Tensor {
  return withInputs(x, [...x.inputs, bias]);
}

/** [n] or [1, n]: one number for each column. */
function isRow(bias: Tensor, columns: number): boolean {
  return bias.size === columns && bias.shape.at(-1) === columns && bias.rank <= 2;
}

/** [1, C, 1, …] or [C, 1, …]: one number for each channel. */
function isChannelVector(bias: Tensor, x: Tensor): boolean {
  const channels = x.shape[1]!;
  const fits = bias.rank === x.rank || bias.rank === x.rank - 1; // With more axes the sum has more, too.
  return fits && bias.size === channels && bias.shape.at(-(x.rank - 1)) === channels;
}
