import { UserError } from "../../tensor/index.ts";
import { fillUniform } from "../../tensor/random/fill.ts";
import { deriveKey } from "../../tensor/random/key.ts";
import { pixelOf } from "../byte-dataset.ts";
import type { Dataset, Splits } from "../dataset.ts";
import { kinds, renderShape, shapeFactors } from "./render-shape.ts";

export interface ShapeOptions {
  /** Pixels on each side, 32 unless given. */
  readonly size?: number;
  readonly seed?: number;
  /** Pictures to train on, 50,000 unless given; test pictures are a tenth as many. */
  readonly length?: number;
}

const version = 1; // raised when the same seed gives other pictures
const defaultLength = 50_000;

/**
 * Pictures of one coloured shape each, all of whose factors are known: kind, colour, size, x, y, rotation and background are
 * independent and every value equally likely. The class is the kind. Picture i is a pure function of (seed, part, i).
 */
export function shapes({ size = 32, seed = 0, length = defaultLength }: ShapeOptions = {}): Splits {
  if (!(Number.isInteger(size) && size >= 8 && size <= 512)) {
    throw new UserError(`shapes: got size ${size}, expected a whole number from 8 to 512.`);
  }
  return {
    train: shapeSet(size, seed, length, "train"),
    test: shapeSet(size, seed, Math.ceil(length / 10), "test"),
  };
}

function shapeSet(size: number, seed: number, length: number, part: string): Dataset {
  const key = deriveKey(seed, "shapes", part);
  const count = shapeFactors.sizes.length;
  const factorsOf = (i: number): Int32Array =>
    Int32Array.from(fillUniform(new Float32Array(count), key, { start: i * count }), (u, k) =>
      Math.floor(u * shapeFactors.sizes[k]!),
    );
  const area = 3 * size * size;
  const picture = new Uint8Array(area);
  return {
    name: "shapes",
    kind: "image",
    shape: [3, size, size],
    length,
    classes: kinds.length,
    classNames: kinds,
    fingerprint: `shapes/${version} seed=${seed} size=${size} length=${length} ${part}`,
    factors: {
      ...shapeFactors,
      read(indices, out) {
        for (let n = 0; n < indices.length; n++) out.set(factorsOf(indices[n]!), n * count);
      },
    },
    read(indices, out) {
      for (let n = 0, at = 0; n < indices.length; n++) {
        renderShape(factorsOf(indices[n]!), size, picture);
        for (let k = 0; k < area; k++) out[at++] = pixelOf(picture[k]!);
      }
    },
    labels(indices, out) {
      for (let n = 0; n < indices.length; n++) out[n] = factorsOf(indices[n]!)[0]!;
    },
  };
}
