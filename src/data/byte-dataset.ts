import type { Shape } from "../tensor/index.ts";
import type { Dataset } from "./dataset.ts";
import { labelled } from "./labels.ts";
import { exampleSize } from "./size.ts";

export interface ByteDatasetOptions {
  readonly name: string;
  readonly shape: Shape; // [channels, height, width]
  /** Pixels 0 … 255, examples one after another, channels first. */
  readonly bytes: Uint8Array;
  readonly labels?: ArrayLike<number>;
  readonly classNames?: readonly string[];
  readonly fingerprint: string;
}

/** A pixel byte as the models see it: b ↦ 2b/255 − 1, so that 0 is −1 and 255 is 1. */
export function pixelOf(byte: number): number {
  return byte / 127.5 - 1;
}

/** Pictures kept as bytes, a quarter of their size as float32, and scaled to [−1, 1] when they are read. */
export function byteDataset(options: ByteDatasetOptions): Dataset {
  const { name, shape, bytes, labels, classNames, fingerprint } = options;
  const size = exampleSize(shape);
  return {
    name,
    kind: "image",
    shape,
    length: Math.floor(bytes.length / size),
    fingerprint,
    ...labelled(labels, classNames),
    read(indices, out) {
      for (let n = 0, at = 0; n < indices.length; n++) {
        const start = indices[n]! * size;
        for (let i = 0; i < size; i++) out[at++] = pixelOf(bytes[start + i]!);
      }
    },
  };
}
