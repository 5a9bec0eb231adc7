import type { Shape } from "../tensor/index.ts";

/** Numbers in one example. */
export function exampleSize(shape: Shape): number {
  return shape.reduce((product, d) => product * d, 1);
}
