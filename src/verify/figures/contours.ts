/** Contours of a function on a square grid, and the levels that enclose shares of a density's mass. */

/** log p such that cells above it hold each share of the mass on the grid: borders of highest-density regions. */
export function massLevels(logDensity: ArrayLike<number>, shares: readonly number[]): number[] {
  const sorted = Array.from(logDensity, (v) => (Number.isNaN(v) ? Number.NEGATIVE_INFINITY : v)).sort(
    (a, b) => b - a,
  );
  const weights = sorted.map((v) => Math.exp(v - sorted[0]!));
  const total = weights.reduce((a, b) => a + b, 0);
  return shares.map((share) => {
    let sum = 0;
    const at = weights.findIndex((weight) => {
      sum += weight;
      return sum >= share * total;
    });
    return sorted[at === -1 ? sorted.length - 1 : at]!;
  });
}

/**
 * The lines where values on n×n cell centres, row by row, cross `level`, as an SVG path on a square of `size`: marching squares
 * with linear interpolation along the edges.
 */
export function contourPath(values: ArrayLike<number>, n: number, level: number, size: number): string {
  const parts: string[] = [];
  // A logarithm of 0 has no place on a line.
  const at = (row: number, column: number): number =>
    Math.max(values[row * n + column]!, level - 1e3) - level;
  for (let row = 0; row + 1 < n; row++)
    for (let column = 0; column + 1 < n; column++) {
      const corners = [at(row, column), at(row, column + 1), at(row + 1, column + 1), at(row + 1, column)];
      const crossings = edges.flatMap(([a, b], k) => {
        const [va, vb] = [corners[a]!, corners[b]!];
        if (va > 0 === vb > 0) return [];
        const share = va / (va - vb);
        const [dx, dy] = pointOn(k, share);
        return [[((column + 0.5 + dx) * size) / n, ((row + 0.5 + dy) * size) / n]];
      });
      for (let k = 0; k + 1 < crossings.length; k += 2) {
        const [from, to] = [crossings[k]!, crossings[k + 1]!];
        parts.push(`M${from.map((v) => v.toFixed(1)).join(" ")}L${to.map((v) => v.toFixed(1)).join(" ")}`);
      }
    }
  return parts.join("");
}

/** Corners of each edge of a cell, clockwise from the top left. */
const edges = [
  [0, 1],
  [1, 2],
  [2, 3],
  [3, 0],
] as const;

/** Where on the edge, in units of the cell. */
function pointOn(edge: number, share: number): readonly [number, number] {
  if (edge === 0) return [share, 0];
  if (edge === 1) return [1, share];
  return edge === 2 ? [1 - share, 1] : [0, 1 - share];
}
