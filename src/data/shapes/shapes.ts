import type { Splits } from "../dataset.ts";
import { type DrawnOptions, drawnSplits } from "../drawn-set.ts";
import { kinds, renderShape, shapeFactors } from "./render-shape.ts";

export type ShapeOptions = DrawnOptions;

/**
 * Pictures of one coloured shape each, all of whose factors are known: kind, colour, size, x, y, rotation and
 * background are independent and every value equally likely. The class is the kind. Picture i is a pure
 * function of (seed, part, i). Throws (UserError) where the size is not a whole number from 8 to 512.
 */
export function shapes(options: ShapeOptions = {}): Splits {
  const drawing = {
    name: "shapes",
    version: 1,
    factors: shapeFactors,
    label: { factor: "kind", classNames: kinds },
    render: renderShape,
  };
  return drawnSplits(drawing, options);
}
