import type { Point, Stroke } from "./skeletons.ts";

const steps = 5; // straight pieces between two points of a stroke: their corners stay below a tenth of a pixel

/**
 * A stroke as a chain of short straight pieces: the Catmull–Rom spline through its points, whose tangent at a point is
 * half the vector between its neighbours. Only sums and products: the same numbers in every engine.
 */
export function chain({ points, closed = false }: Stroke): Point[] {
  const n = points.length;
  const at = (i: number): Point => points[closed ? (i + n) % n : Math.max(0, Math.min(n - 1, i))]!;
  const out: Point[] = [at(0)];
  for (let i = 0; i < (closed ? n : n - 1); i++) {
    const [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    for (let s = 1; s <= steps; s++) {
      const t = s / steps;
      out.push([spline(a[0], b[0], c[0], d[0], t), spline(a[1], b[1], c[1], d[1], t)]);
    }
  }
  return out;
}

function spline(a: number, b: number, c: number, d: number, t: number): number {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}
