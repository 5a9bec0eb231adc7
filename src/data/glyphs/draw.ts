import type { Point } from "./skeletons.ts";

/** The pen: half its width in pixels at the stroke's beginning and end, and how soft its edge is. */
export interface Pen {
  readonly start: number;
  readonly end: number;
  /** Width in pixels of the ramp from ink to paper; 1 is the antialiasing of a sharp edge. */
  readonly softness: number;
}

/**
 * Draws a chain of straight pieces into a picture of ink 0 … 1: a pixel's ink falls linearly with the distance of its
 * centre from the stroke, one half at the pen's edge; where pieces overlap the darker one counts.
 */
export function drawChain(ink: Float32Array, size: number, points: readonly Point[], pen: Pen): void {
  for (let i = 1; i < points.length; i++) {
    const share = (i - 0.5) / (points.length - 1);
    drawPiece(ink, size, points[i - 1]!, points[i]!, pen.start + share * (pen.end - pen.start), pen.softness);
  }
}

function drawPiece(
  ink: Float32Array,
  size: number,
  a: Point,
  b: Point,
  radius: number,
  softness: number,
): void {
  const reach = radius + softness / 2;
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const lengthSquared = dx * dx + dy * dy || 1;
  const top = Math.max(0, Math.floor(Math.min(a[1], b[1]) - reach));
  const bottom = Math.min(size - 1, Math.ceil(Math.max(a[1], b[1]) + reach));
  const left = Math.max(0, Math.floor(Math.min(a[0], b[0]) - reach));
  const right = Math.min(size - 1, Math.ceil(Math.max(a[0], b[0]) + reach));
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const [px, py] = [x + 0.5 - a[0], y + 0.5 - a[1]];
      const t = Math.max(0, Math.min(1, (px * dx + py * dy) / lengthSquared));
      const [ex, ey] = [px - t * dx, py - t * dy];
      const value = 0.5 + (radius - Math.sqrt(ex * ex + ey * ey)) / softness;
      const at = y * size + x;
      if (value > ink[at]!) ink[at] = Math.min(1, value);
    }
  }
}
