/** Draws one anti-aliased shape on a plain background from its factors. */

/** The factors of a picture, in the order in which they are stored. */
export const shapeFactors = {
  names: ["kind", "colour", "size", "x", "y", "rotation", "background"],
  sizes: [3, 6, 3, 8, 8, 6, 4],
} as const;

export const kinds = ["circle", "square", "triangle"] as const;
export const colours = ["red", "green", "blue", "yellow", "magenta", "cyan"] as const;
export const sizes = ["small", "medium", "large"] as const;
export const backgrounds = ["black", "grey", "white", "brown"] as const;

const rgb: { readonly [name: string]: readonly [number, number, number] } = {
  red: [224, 48, 48],
  green: [40, 176, 72],
  blue: [48, 88, 224],
  yellow: [240, 208, 32],
  magenta: [208, 64, 200],
  cyan: [32, 192, 208],
  black: [16, 16, 16],
  grey: [120, 120, 120],
  white: [240, 240, 240],
  brown: [112, 72, 40],
};

/** Cosine and sine of the six rotations, steps of 15°, to digits that every engine agrees on. */
const rotations = Array.from({ length: 6 }, (_, i) =>
  [Math.cos((i * Math.PI) / 12), Math.sin((i * Math.PI) / 12)].map((v) => Math.round(v * 1e6) / 1e6),
);
/** Half the size of a shape, as a share of the picture's side. */
const radii = [0.1, 0.14, 0.18];
/** Directions of the sides of a triangle that stands on one of them. */
const triangleSides = [
  [0, 1],
  [0.866025, -0.5],
  [-0.866025, -0.5],
] as const;

/** Distance to the shape's edge, negative inside, in units of its half size: areas are about equal. */
function distance(kind: number, u: number, v: number): number {
  if (kind === 0) return Math.sqrt(u * u + v * v) - 1;
  if (kind === 1) return Math.max(Math.abs(u), Math.abs(v)) - 0.886;
  return Math.max(...triangleSides.map(([a, b]) => a * u + b * v)) - 0.7776;
}

/**
 * The picture of the factors (values in the order of `shapeFactors`) as bytes [3, side, side]: x and y go from left to right and
 * from top to bottom, sizes are half widths of 0.1, 0.14 and 0.18 of the side, rotations steps of 15°. An edge is one pixel soft.
 */
export function renderShape(factors: ArrayLike<number>, side: number, out: Uint8Array): void {
  const [kind = 0, colour = 0, size = 0, x = 0, y = 0, rotation = 0, background = 0] = Array.from(factors);
  const [cos, sin] = rotations[rotation] as [number, number];
  const [ink, paper] = [rgb[colours[colour]!]!, rgb[backgrounds[background]!]!];
  const radius = radii[size]!;
  const [cx, cy] = [x, y].map((v) => 0.22 + 0.56 * (v / 7)) as [number, number];
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const [a, b] = [((column + 0.5) / side - cx) / radius, ((row + 0.5) / side - cy) / radius];
      const edge = distance(kind, cos * a + sin * b, cos * b - sin * a) * radius * side;
      const cover = Math.min(1, Math.max(0, 0.5 - edge));
      for (let c = 0; c < 3; c++)
        out[(c * side + row) * side + column] = Math.round(paper[c]! + cover * (ink[c]! - paper[c]!));
    }
  }
}
