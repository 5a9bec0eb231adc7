import { fillUniform } from "../tensor/random/fill.ts";
import { deriveKey } from "../tensor/random/key.ts";
import type { Dataset } from "./dataset.ts";
import { exampleSize } from "./size.ts";
import { withoutTruth } from "./truth.ts";

/** Levels of a picture from a file: those of a byte. */
export const byteLevels = 256;

/**
 * The data set's pictures with fewer grey levels, evenly spaced in [−1, 1]. Two levels: pixels are drawn white with their grey
 * value as probability, always the same way for the same data, as in the binarised MNIST of Salakhutdinov & Murray 2008; more:
 * pixels are rounded. Pictures of as many levels stay as they are.
 */
export function withLevels(dataset: Dataset, levels: number): Dataset {
  if (dataset.kind !== "image" || (dataset.levels ?? byteLevels) === levels) return dataset;
  return levels === 2 ? binarized(dataset) : rounded(dataset, levels);
}

/**
 * Pictures of two grey levels by rounding, white from one half on: without the noise of drawn pixels, and so an easier set than
 * the binarised one.
 */
export function thresholded(dataset: Dataset): Dataset {
  if (dataset.kind !== "image") return dataset;
  return {
    ...rounded(dataset, 2),
    name: `thresholded-${dataset.name}`,
    fingerprint: `${dataset.fingerprint}/thresholded`,
  };
}

function rounded(dataset: Dataset, levels: number): Dataset {
  const half = (levels - 1) / 2;
  return {
    ...withoutTruth(dataset),
    levels,
    fingerprint: `${dataset.fingerprint}/levels=${levels}`,
    read(indices, out) {
      dataset.read(indices, out);
      for (let i = 0; i < out.length; i++) out[i] = Math.round((out[i]! + 1) * half) / half - 1;
    },
  };
}

/** Each picture is drawn once, when it is first read, and then kept: random numbers cost more than memory. */
function binarized(dataset: Dataset): Dataset {
  const size = exampleSize(dataset.shape);
  const drawn = new Map<number, Uint8Array>();
  const draw = (index: number): Uint8Array => {
    const grey = new Float32Array(size);
    dataset.read([index], grey);
    const noise = fillUniform(new Float32Array(size), deriveKey("binarize", index));
    return Uint8Array.from(grey, (pixel, i) => (noise[i]! < (pixel + 1) / 2 ? 1 : 0));
  };
  return {
    ...withoutTruth(dataset),
    name: `binarized-${dataset.name}`,
    levels: 2,
    fingerprint: `${dataset.fingerprint}/levels=2`,
    read(indices, out) {
      for (let n = 0; n < indices.length; n++) {
        const index = indices[n]!;
        const picture = drawn.get(index) ?? draw(index);
        drawn.set(index, picture);
        for (let i = 0; i < size; i++) out[n * size + i] = 2 * picture[i]! - 1;
      }
    },
  };
}
