import { UserError } from "../../tensor/index.ts";
import { deriveKey } from "../../tensor/random/key.ts";
import { pixelOf } from "../byte-dataset.ts";
import type { Dataset, Splits } from "../dataset.ts";
import { chain } from "./curve.ts";
import { drawChain } from "./draw.ts";
import { chanceOf, placement, wobble } from "./hand.ts";
import { skeletons } from "./skeletons.ts";

export interface GlyphOptions {
  /** Pixels on each side, 28 unless given. */
  readonly size?: number;
  readonly seed?: number;
  /** Glyphs to train on, 20,000 unless given; test glyphs are a tenth as many. */
  readonly length?: number;
}

const version = 1; // raised when the same seed gives other pictures
const thinnest = 0.55; // half the width of a stroke in pixels: below it, small glyphs fade
const defaultLength = 20_000;

/**
 * Handwritten-looking digits drawn by strokes, white on black: glyph i shows the digit i mod 10, written in one of three or four
 * ways with random slant, rotation, thickness, size, proportion, position and wobble. Glyph i is a pure function of
 * (seed, part, i), drawn when it is first read and kept as bytes; only arithmetic that is exact in every engine is used.
 */
export function glyphs({ size = 28, seed = 0, length = defaultLength }: GlyphOptions = {}): Splits {
  if (!(Number.isInteger(size) && size >= 8 && size <= 512)) {
    throw new UserError(`glyphs: got size ${size}, expected a whole number from 8 to 512.`);
  }
  return {
    train: glyphSet(size, seed, length, "train"),
    test: glyphSet(size, seed, Math.ceil(length / 10), "test"),
  };
}

function glyphSet(size: number, seed: number, length: number, part: string): Dataset {
  const draw = glyphDrawer(size, seed, part);
  const area = size * size;
  const bytes = new Uint8Array(length * area);
  const drawn = new Uint8Array(length);
  return {
    name: "glyphs",
    kind: "image",
    shape: [1, size, size],
    length,
    classes: 10,
    classNames: Array.from({ length: 10 }, (_, digit) => `${digit}`),
    fingerprint: `glyphs/${version} seed=${seed} size=${size} length=${length} ${part}`,
    read(indices, out) {
      for (let n = 0, at = 0; n < indices.length; n++) {
        const i = indices[n]!;
        const picture = bytes.subarray(i * area, (i + 1) * area);
        if (drawn[i] === 0) draw(i, picture);
        drawn[i] = 1;
        for (let k = 0; k < area; k++) out[at++] = pixelOf(picture[k]!);
      }
    },
    labels(indices, out) {
      for (let n = 0; n < indices.length; n++) out[n] = indices[n]! % 10;
    },
  };
}

/** A function that draws glyph i into `out`, size × size bytes of ink. */
function glyphDrawer(size: number, seed: number, part: string): (i: number, out: Uint8Array) => void {
  const uniformKey = deriveKey(seed, "glyphs", part, "uniform");
  const normalKey = deriveKey(seed, "glyphs", part, "normal");
  const ink = new Float32Array(size * size);
  return (i, out) => {
    const chance = chanceOf(uniformKey, normalKey, i);
    const ways = skeletons[i % 10]!;
    const skeleton = ways[Math.floor(chance.uniform() * ways.length)]!;
    const place = placement(chance, size);
    const radius = (size / 28) * (0.75 + 1.05 * chance.uniform());
    const pen = {
      start: Math.max(thinnest, radius * (1 + 0.12 * chance.normal())),
      end: Math.max(thinnest, radius * (1 + 0.12 * chance.normal())),
      softness: Math.max(1, (size / 28) * (1 + 0.5 * chance.uniform())),
    };
    ink.fill(0);
    for (const stroke of wobble(skeleton, chance)) drawChain(ink, size, chain(stroke).map(place), pen);
    for (let k = 0; k < ink.length; k++) out[k] = Math.round(255 * ink[k]!);
  };
}
