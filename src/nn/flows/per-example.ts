import type { Tensor } from "../../tensor/index.ts";

/** Sums all axes but the first: [N, …] → [N]. */
export const sumPerExample = (x: Tensor): Tensor =>
  x.rank === 1 ? x : x.sum(x.shape.slice(1).map((_, i) => i + 1));
