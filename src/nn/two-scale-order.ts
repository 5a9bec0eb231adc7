/** In which order the pixels of an n×n picture (n even) are drawn at two scales. */
export interface TwoScaleOrder {
  /** The step in which each pixel is drawn, [n·n]. */
  readonly turns: Int32Array;
  /** A pixel that is drawn in each step. */
  readonly places: Int32Array;
}

/**
 * First every second pixel of every second row, in raster order; then the others, in raster order as well or, with `groups`,
 * in three steps: those beside the first, those below them, and those in between (Reed et al. 2017, arXiv:1703.03664).
 */
export function twoScaleOrder(n: number, groups: boolean): TwoScaleOrder {
  const kind = (i: number): number => 2 * (Math.floor(i / n) % 2) + ((i % n) % 2); // 0: drawn first; otherwise its group
  const pixels = Array.from({ length: n * n }, (_, i) => i);
  const raster = [...pixels.filter((i) => kind(i) === 0), ...pixels.filter((i) => kind(i) > 0)];
  const first = (n / 2) ** 2;
  const turns = Int32Array.from(pixels, (i) =>
    groups && kind(i) > 0 ? first + kind(i) - 1 : raster.indexOf(i),
  );
  const places = Int32Array.from({ length: Math.max(...turns) + 1 }, (_, turn) => turns.indexOf(turn));
  return { turns, places };
}
