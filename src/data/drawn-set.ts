import { UserError } from "../tensor/index.ts";
import { fillUniform } from "../tensor/random/fill.ts";
import { deriveKey } from "../tensor/random/key.ts";
import { pixelOf } from "./byte-dataset.ts";
import type { Dataset, Factors, Splits } from "./dataset.ts";

/** Colour pictures that are drawn from whole numbers, and how. */
export interface Drawing {
  readonly name: string;
  /** Raised when the same seed gives other pictures. */
  readonly version: number;
  readonly factors: Pick<Factors, "names" | "sizes">;
  /** The factor that is the class, and what its values are called. */
  readonly label: { readonly factor: string; readonly classNames: readonly string[] };
  /** Writes the picture of the factors as bytes [3, side, side]. */
  render(factors: ArrayLike<number>, side: number, out: Uint8Array): void;
}

export interface DrawnOptions {
  /** Pixels on each side, 32 unless given. */
  readonly size?: number;
  readonly seed?: number;
  /** Pictures to train on, 50,000 unless given; test pictures are a tenth as many. */
  readonly length?: number;
}

/**
 * Pictures of which all factors are known, independent and uniform: picture i is a pure function of (seed,
 * part, i). Throws (UserError) where the size is not a whole number from 8 to 512.
 */
export function drawnSplits(
  drawing: Drawing,
  { size = 32, seed = 0, length = 50_000 }: DrawnOptions,
): Splits {
  if (!(Number.isInteger(size) && size >= 8 && size <= 512)) {
    throw new UserError(`${drawing.name}: got size ${size}, expected a whole number from 8 to 512.`);
  }
  return {
    train: drawnSet(drawing, { size, seed, length }, "train"),
    test: drawnSet(drawing, { size, seed, length: Math.ceil(length / 10) }, "test"),
  };
}

function drawnSet(
  { name, version, factors, label, render }: Drawing,
  { size, seed, length }: Required<DrawnOptions>,
  part: string,
): Dataset {
  const key = deriveKey(seed, name, part);
  const count = factors.sizes.length;
  const factorsOf = (i: number): Int32Array =>
    Int32Array.from(fillUniform(new Float32Array(count), key, { start: i * count }), (u, k) =>
      Math.floor(u * factors.sizes[k]!),
    );
  const labelAt = factors.names.indexOf(label.factor);
  const area = 3 * size * size;
  const picture = new Uint8Array(area);
  return {
    name,
    kind: "image",
    shape: [3, size, size],
    length,
    classes: label.classNames.length,
    classNames: label.classNames,
    fingerprint: `${name}/${version} seed=${seed} size=${size} length=${length} ${part}`,
    factors: {
      ...factors,
      read(indices, out) {
        for (let n = 0; n < indices.length; n++) out.set(factorsOf(indices[n]!), n * count);
      },
    },
    read(indices, out) {
      for (let n = 0, at = 0; n < indices.length; n++) {
        render(factorsOf(indices[n]!), size, picture);
        for (let k = 0; k < area; k++) out[at++] = pixelOf(picture[k]!);
      }
    },
    labels(indices, out) {
      for (let n = 0; n < indices.length; n++) out[n] = factorsOf(indices[n]!)[labelAt]!;
    },
  };
}
