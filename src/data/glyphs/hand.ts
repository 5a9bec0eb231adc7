import { fillNormal, fillUniform } from "../../tensor/random/fill.ts";
import type { PhiloxKey } from "../../tensor/random/philox.ts";
import type { Point, Skeleton, Stroke } from "./skeletons.ts";

const words = 96; // random numbers per glyph: glyph i uses words 96 i … 96 i + 95 of its two streams

/** The random numbers of one glyph: uniforms in (0, 1) and standard normals, each taken once in order. */
export interface Chance {
  uniform(): number;
  /** A normal clipped to ±2: no glyph is distorted beyond recognition. */
  normal(): number;
}

/** The random numbers of glyph `i` under the keys of the two streams. */
export function chanceOf(uniformKey: PhiloxKey, normalKey: PhiloxKey, i: number): Chance {
  const u = fillUniform(new Float32Array(8), uniformKey, { start: i * 8 });
  const z = fillNormal(new Float32Array(words), normalKey, { start: i * words });
  let [atU, atZ] = [0, 0];
  return {
    uniform: () => u[atU++ % u.length]!,
    normal: () => Math.max(-2, Math.min(2, z[atZ++ % words]!)),
  };
}

/** A way of writing a digit as one hand writes it once: every control point a little off, the whole bent smoothly. */
export function wobble(skeleton: Skeleton, { normal }: Chance): Skeleton {
  const bend = quadraticField(normal);
  const moved = new Map<string, Point>(); // strokes that meet in a point still meet after it has moved
  const move = (p: Point): Point => {
    const key = p.join();
    const before = moved.get(key);
    if (before !== undefined) return before;
    const [x, y] = bend(p);
    const after: Point = [x + 0.024 * normal(), y + 0.024 * normal()];
    moved.set(key, after);
    return after;
  };
  return skeleton.map((stroke): Stroke => ({ ...stroke, points: stroke.points.map(move) }));
}

/** A smooth displacement of the plane: a random quadratic polynomial for each coordinate. */
function quadraticField(normal: () => number): (p: Point) => Point {
  const a = Array.from({ length: 6 }, normal);
  return ([px, py]) => {
    const [x, y] = [2 * px - 1, 2 * py - 1];
    return [
      px + 0.05 * (a[0]! * x * x + a[1]! * x * y + a[2]! * y * y),
      py + 0.05 * (a[3]! * x * x + a[4]! * x * y + a[5]! * y * y),
    ];
  };
}

/** Where a glyph's points land on the picture, in pixels: slant, rotation, size, proportion and position are random. */
export function placement({ uniform, normal }: Chance, size: number): (p: Point) => Point {
  const height = size * (0.58 + 0.18 * uniform());
  const width = height * (0.64 + 0.4 * uniform());
  const slant = -0.14 + 0.18 * normal();
  // cos and sin of a rotation through tan(θ/2): sums and quotients are the same in every engine, sines are not.
  const t = 0.05 * normal();
  const [cos, sin] = [(1 - t * t) / (1 + t * t), (2 * t) / (1 + t * t)];
  const [cx, cy] = [size * (0.5 + 0.03 * normal()), size * (0.5 + 0.03 * normal())];
  return ([px, py]) => {
    const y = (py - 0.5) * height;
    const x = (px - 0.5) * width + slant * y;
    return [cx + cos * x - sin * y, cy + sin * x + cos * y];
  };
}
