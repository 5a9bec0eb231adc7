import { UserError } from "../../tensor/index.ts";
import { fillUniform } from "../../tensor/random/fill.ts";
import { deriveKey } from "../../tensor/random/key.ts";
import type { Dataset, Splits } from "../dataset.ts";
import { barsAndStripes } from "./bars-and-stripes.ts";
import type { BinaryProcess } from "./binary-process.ts";
import { blindSpot } from "./blind-spot.ts";
import { mesh, xorMesh } from "./mesh.ts";

/** The built-in sets of binary pictures whose distribution is known. */
export const binarySets = {
  mesh: { title: "binary pictures, each pixel like those left and above", process: mesh },
  "xor-mesh": { title: "binary pictures, each pixel left XOR above", process: xorMesh },
  "blind-spot": { title: "binary pictures, each pixel a copy from above right", process: blindSpot },
  "bars-and-stripes": { title: "4×4 pictures of columns or rows", process: barsAndStripes },
} as const satisfies { readonly [name: string]: { title: string; process: BinaryProcess } };

export type BinarySetName = keyof typeof binarySets;

export interface BinarySetOptions {
  /** Pixels on each side: 8 unless given, 4 for bars and stripes. */
  readonly size?: number;
  readonly seed?: number;
  /** Pictures to train on, 200,000 unless given; test pictures are a twentieth as many. */
  readonly length?: number;
}

const defaultLength = 200_000;
const version = 1; // raised when the same seed gives other pictures

/**
 * Pictures [1, size, size] of a built-in set and others of the same distribution to test on, with their exact log-probability
 * and entropy. Picture i is a pure function of (name, seed, size, part, i).
 */
export function binarySet(
  name: BinarySetName,
  { size, seed = 0, length = defaultLength }: BinarySetOptions = {},
): Splits {
  const { process } = binarySets[name];
  const side = size ?? process.side;
  if (!(Number.isInteger(side) && side >= 2 && side <= 64)) {
    throw new UserError(`${name}: got size ${side}, expected a whole number from 2 to 64.`);
  }
  const make = (part: string, n: number): Dataset => ({
    ...{ name, kind: "image", shape: [1, side, side], levels: 2, length: n },
    fingerprint: `${name}/${version} seed=${seed} size=${side} length=${n} ${part}`,
    ...truth(process, side),
    read: reader(process, side, deriveKey(seed, name, side, part)),
  });
  return { train: make("train", length), test: make("test", Math.ceil(length / 20)) };
}

function truth(process: BinaryProcess, side: number): Pick<Dataset, "logProb" | "entropy"> {
  const entropy = process.entropy(side);
  return {
    logProb: (x) =>
      process.logProb(
        Uint8Array.from(x, (pixel) => (pixel > 0 ? 1 : 0)),
        side,
      ),
    ...(entropy !== undefined && { entropy }),
  };
}

function reader(process: BinaryProcess, side: number, key: ReturnType<typeof deriveKey>): Dataset["read"] {
  const count = process.uniforms(side);
  return (indices, out) => {
    const u = new Float32Array(count);
    const picture = new Uint8Array(side * side);
    for (let n = 0; n < indices.length; n++) {
      process.draw(fillUniform(u, key, { start: indices[n]! * count }), picture, side);
      for (let i = 0; i < picture.length; i++) out[n * picture.length + i] = 2 * picture[i]! - 1;
    }
  };
}
