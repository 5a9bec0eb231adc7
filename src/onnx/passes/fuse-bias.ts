import { reshape, type Tensor } from "../../tensor/index.ts";
import { type Rule, useCounts, withInputs } from "../rewrite.ts";

/** Gives matrix products and convolutions the bias that is added to them as a third input: one pass over memory less. */
export function fuseBias(outputs: readonly Tensor[]): Rule {
  const uses = useCounts(outputs);
  const usedOnce = (x: Tensor): boolean => uses.get(x) === 1;
  return (t, before) => {
    if (t.op.name !== "add") return undefined;
    for (const i of [0, 1]) {
      const [x, bias, own] = [t.inputs[i]!, t.inputs[1 - i]!, before.inputs[i]!];
      if (!usedOnce(own)) continue;
      const inside = x.op.name === "fromBlocks" || x.op.name === "reshape";
      const fused = inside ? within(x, bias, usedOnce(own.inputs[0]!)) : plain(x, bias);
      if (fused) return fused;
    }
    return undefined;
  };
}

function plain(x: Tensor, bias: Tensor): Tensor | undefined {
  const product = x.op.name === "matmul" && x.rank === 2 && isRow(bias, x.shape[1]!, 2);
  const convolution = (x.op.name === "conv" || x.op.name === "convTranspose") && isChannelVector(bias, x);
  return product || convolution ? withBias(x, bias, x.shape[1]!) : undefined;
}

/** The convolution of blocked pictures, or the product, that `x` puts into another shape takes it where nothing else reads it. */
function within(x: Tensor, bias: Tensor, readOnce: boolean): Tensor | undefined {
  const [made] = x.inputs as [Tensor];
  const columns = x.shape.at(-1)!;
  const fits =
    x.op.name === "fromBlocks"
      ? made.op.name === "blockedConv"
      : made.op.name === "matmul" && made.rank === 2 && made.shape[1] === columns;
  if (!fits || !readOnce || !isRow(bias, columns, x.rank)) return undefined;
  const fused = withBias(made, bias, columns);
  return fused && withInputs(x, [fused]);
}

function withBias(x: Tensor, bias: Tensor, size: number): Tensor | undefined {
  return x.inputs.length === 2 ? withInputs(x, [...x.inputs, reshape(bias, [size])]) : undefined;
}

/** [n] or [1, …, n] with at most `rank` axes: one number for each column. */
function isRow(bias: Tensor, columns: number, rank: number): boolean {
  return bias.size === columns && bias.shape.at(-1) === columns && bias.rank <= rank;
}

/** [1, C, 1, …] or [C, 1, …]: one number for each channel. */
function isChannelVector(bias: Tensor, x: Tensor): boolean {
  const channels = x.shape[1]!;
  const fits = bias.rank === x.rank || bias.rank === x.rank - 1; // With more axes the sum has more, too.
  return fits && bias.size === channels && bias.shape.at(-(x.rank - 1)) === channels;
}
