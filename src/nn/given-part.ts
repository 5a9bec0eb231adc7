import { formatShape, type Shape, sizeOf, UserError } from "../tensor/index.ts";

/** Quadrants in the order in which they are given: lower left, upper left, lower right. */
const order = [
  [1, 0],
  [0, 0],
  [1, 1],
] as const;

/**
 * 1 where an element of an example is given, 0 where it is to be predicted, for the examples' shape without the batch axis.
 * Of pictures [c, h, w] 1 to 3 quadrants: the lower left one, the left half, all but the upper right one (Sohn et al. 2015,
 * section 5.1); of points [d] the first ⌊d/2⌋ numbers.
 */
export function givenPart(shape: Shape, quadrants: number): Float32Array {
  const [c = 0, h = 0, w = 0] = shape;
  const mask = new Float32Array(sizeOf(shape));
  if (shape.length === 1) return mask.fill(1, 0, Math.floor(c / 2));
  if (shape.length !== 3 || !(Number.isInteger(quadrants) && quadrants >= 1 && quadrants <= 3)) {
    throw new UserError(
      `givenPart: got ${quadrants} quadrants of ${formatShape(shape)}, expected 1 to 3 of pictures [c, h, w], or points [d].`,
    );
  }
  return mask.map((_, i) => {
    const [row, column] = [Math.floor((i % (h * w)) / w), i % w];
    const [lower, right] = [row >= h / 2 ? 1 : 0, column >= w / 2 ? 1 : 0];
    return order.slice(0, quadrants).some(([y, x]) => y === lower && x === right) ? 1 : 0;
  });
}
