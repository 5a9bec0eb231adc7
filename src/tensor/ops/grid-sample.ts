import { UserError } from "../errors.ts";
import { formatShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { add, mul, sub } from "./binary.ts";
import { cast } from "./cast.ts";
import { requireFloat } from "./check.ts";
import { clip } from "./clip.ts";
import { equal } from "./compare.ts";
import { concat } from "./concat.ts";
import { takeAlongAxis } from "./gather.ts";
import { sum } from "./reduce.ts";
import { reshape, unsqueeze } from "./reshape.ts";
import { narrow } from "./slice.ts";
import { floor } from "./unary.ts";

export type GridSampleOptions = {
  /** What lies outside the picture: zeros, or its nearest edge pixel. */
  padding?: "zeros" | "border";
  /** Whether −1 and 1 are the centres of the corner pixels, rather than the corners of the picture. */
  alignCorners?: boolean;
};

/** The two pixels on either side of a position along one axis, with their weights; all [N, P]. */
type Neighbours = { at: Tensor; weight: Tensor }[];

/**
 * Samples pictures x [N, C, H, W] at the positions grid [N, Hₒ, Wₒ, 2] by bilinear interpolation: [N, C, Hₒ, Wₒ].
 * The grid holds (x, y) between −1 and 1 (Jaderberg et al. 2015, arXiv:1506.02025, eq. 5). Differentiable in both.
 */
export function gridSample(x: Tensor, grid: Tensor, options: GridSampleOptions = {}): Tensor {
  requireFloat("gridSample", x);
  requireFloat("gridSample", grid);
  if (x.rank !== 4 || grid.rank !== 4 || grid.shape[3] !== 2 || grid.shape[0] !== x.shape[0]) {
    throw new UserError(
      `gridSample: got pictures ${formatShape(x.shape)} and a grid ${formatShape(grid.shape)}, expected [N, C, H, W] and [N, Ho, Wo, 2].`,
    );
  }
  const [n, channels, height, width] = x.shape as unknown as [number, number, number, number];
  const [, rows, columns] = grid.shape as unknown as [number, number, number];
  const points = rows * columns;
  const coordinate = (k: number): Tensor => reshape(narrow(grid, 3, k, 1), [n, points]);
  const across = neighbours(coordinate(0), width, options);
  const down = neighbours(coordinate(1), height, options);
  const corners = down.flatMap((v) =>
    across.map((u) => ({ at: add(mul(v.at, width), u.at), weight: mul(v.weight, u.weight) })),
  );
  const joined = (key: "at" | "weight"): Tensor =>
    unsqueeze(
      concat(
        corners.map((c) => c[key]),
        1,
      ),
      1,
    );
  const pixels = reshape(x, [n, channels, height * width]);
  const values = takeAlongAxis(pixels, cast(joined("at"), "int32"), 2);
  const weighted = reshape(mul(values, joined("weight")), [n, channels, 4, points]);
  return reshape(sum(weighted, 2), [n, channels, rows, columns]);
}

function neighbours(position: Tensor, size: number, options: GridSampleOptions): Neighbours {
  const { padding = "zeros", alignCorners = false } = options;
  const pixel = alignCorners
    ? mul(add(position, 1), (size - 1) / 2)
    : sub(mul(add(position, 1), size / 2), 0.5);
  const p = padding === "border" ? clip(pixel, 0, size - 1) : pixel;
  const low = floor(p);
  const high = add(low, 1);
  return [
    { pixel: low, weight: sub(high, p) },
    { pixel: high, weight: sub(p, low) },
  ].map(({ pixel, weight }) => {
    const at = clip(pixel, 0, size - 1);
    // Beyond the border of "border" only a neighbour of weight 0 is left, so the mask suits both kinds.
    return { at, weight: mul(weight, cast(equal(at, pixel), "float32")) };
  });
}
