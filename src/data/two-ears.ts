import { UserError } from "../tensor/index.ts";
import { fillUniform } from "../tensor/random/fill.ts";
import { deriveKey } from "../tensor/random/key.ts";
import type { Dataset, Splits } from "./dataset.ts";

/** Numbers in the given half, and as many in the answer. */
export const earWidth = 16;

/** The ear on each side that goes with a head: two rows of `earWidth` numbers. */
export type Ears = readonly [left: Float32Array, right: Float32Array];

const bump = (centre: number, width: number, height: number): Float32Array =>
  Float32Array.from({ length: earWidth }, (_, i) => height * Math.exp(-0.5 * ((i - centre) / width) ** 2));

interface Head {
  readonly centre: number;
  readonly radius: number;
  readonly height: number;
}

/** The head in the given half: a flat hill. */
function hill({ centre, radius, height }: Head): Float32Array {
  const edge = (d: number): number => 1 / (1 + Math.exp(4 * (Math.abs(d) - radius)));
  return Float32Array.from({ length: earWidth }, (_, i) => height * edge(i - centre));
}

const earsOf = ({ centre, radius, height }: Head): Ears => [
  bump(centre - radius - 1, 0.8, height),
  bump(centre + radius + 1, 0.8, height),
];

function headOf(index: number, seed: number): { readonly head: Head; readonly right: boolean } {
  const [a, b, c, d] = fillUniform(new Float32Array(4), deriveKey(seed, "two-ears", index));
  return {
    head: { centre: 6 + 3 * a!, radius: 1.5 + b!, height: 0.7 + 0.6 * c! },
    right: d! >= 0.5,
  };
}

/**
 * A question with two right answers (Lotter et al. 2015, the turning face whose ear an average loses): 32 numbers, of which the
 * first 16 are a head, a flat hill of random place, size and height, and the last 16 one ear, a bump beside the head on the left or
 * on the right, equally likely. The class tells the side. Example i depends on the seed and i alone.
 */
export function twoEars({ seed = 0 }: { readonly seed?: number } = {}): Splits {
  const part = (name: string, first: number, length: number): Dataset => ({
    name: "two-ears",
    kind: "points",
    shape: [2 * earWidth],
    length,
    classes: 2,
    classNames: ["left", "right"],
    fingerprint: `two-ears/seed=${seed}/${name}`,
    read(indices, out) {
      for (let n = 0; n < indices.length; n++) {
        const { head, right } = headOf(first + indices[n]!, seed);
        out.set(hill(head), n * 2 * earWidth);
        out.set(earsOf(head)[right ? 1 : 0], n * 2 * earWidth + earWidth);
      }
    },
    labels(indices, out) {
      for (let n = 0; n < indices.length; n++) out[n] = headOf(first + indices[n]!, seed).right ? 1 : 0;
    },
  });
  return { train: part("train", 0, 20_000), test: part("test", 20_000, 2000) };
}

/** Both right answers of test example `index`. Throws (UserError) where there is none of that number. */
export function earsOfTest(index: number, { seed = 0 }: { readonly seed?: number } = {}): Ears {
  if (!(Number.isInteger(index) && index >= 0 && index < 2000))
    throw new UserError(`earsOfTest: there is no test example ${index}; they are 0 to 1999.`);
  return earsOf(headOf(20_000 + index, seed).head);
}
