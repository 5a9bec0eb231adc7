import type { Splits } from "../dataset.ts";
import { type DrawnOptions, drawnSplits } from "../drawn-set.ts";
import { faceFactors, renderFace } from "./render-face.ts";

/**
 * Cartoon faces, all of whose factors are known: skin, hair colour, hair length, glasses, smile, hat, age and
 * yaw are independent and every value equally likely; 56,000 different faces. The class is whether it wears
 * glasses. Face i is a pure function of (seed, part, i). Throws (UserError) where the size is not a whole
 * number from 8 to 512.
 */
export function faces(options: DrawnOptions = {}): Splits {
  const drawing = {
    name: "faces",
    version: 1,
    factors: faceFactors,
    label: { factor: "glasses", classNames: ["no glasses", "glasses"] },
    render: renderFace,
  };
  return drawnSplits(drawing, options);
}
