import {
  gather,
  narrow,
  padAxis,
  permute,
  reshape,
  type StreamingPass,
  type Tensor,
  where,
  zeros,
} from "../tensor/index.ts";
import { layer } from "./scope.ts";
import { streamedName, streamedPlace, streamingPass } from "./streaming.ts";

/**
 * A picture [N, C, H, W] moved down by one row, zeros above: from a vertical stack, whose positions see their whole row, to a
 * horizontal one, whose positions may see only the rows above. van den Oord et al. 2016, arXiv:1606.05328, figure 2.
 */
export function shiftDown(x: Tensor): Tensor {
  return layer("shiftDown", () => {
    const pass = streamingPass();
    if (pass) return streamed(pass, x);
    return padAxis(narrow(x, 2, 0, x.shape[2]! - 1), 2, 1, 0);
  });
}

/** The row above is kept as [W, C, n]; positions take their columns out of it. */
function streamed(pass: StreamingPass, x: Tensor): Tensor {
  const name = `${streamedName()}/above`;
  const { width, column, active } = streamedPlace(pass, name, x);
  const channels = x.shape[1]!;
  if (pass.mode === "open") pass.keep(name, zeros([width, channels, pass.count]));
  if (pass.mode === "row") {
    const row = permute(reshape(x, [pass.count, channels, width]), [2, 1, 0]);
    pass.keep(name, active ? where(active, row, pass.read(name)) : row);
  }
  if (pass.mode !== "pixel") return zeros(x.shape);
  return reshape(gather(pass.read(name), column, 0), [1, channels, 1, pass.count]);
}
