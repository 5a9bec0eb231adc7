import { closeSync, openSync, readSync } from "node:fs";
import { type Shape, UserError } from "../tensor/index.ts";
import type { Dataset } from "./dataset.ts";
import { errorCode } from "./file-problem.node.ts";
import { exampleSize } from "./size.ts";

export interface FileDatasetOptions {
  readonly name: string;
  readonly file: string;
  /** Byte at which the numbers begin. */
  readonly offset: number;
  readonly type: "uint8" | "float32" | "float64";
  readonly shape: Shape; // [channels, height, width]
  /** Whether a pixel's channels follow one another: [height, width, channels]. Default false. */
  readonly channelsLast?: boolean;
  readonly length: number;
  /** A number v of the file is the pixel a·v + b. */
  readonly scale: { readonly a: number; readonly b: number };
  readonly fingerprint: string;
}

/** Pictures that stay in their file and are read from there when asked for: any number of them fits into memory. */
export function fileDataset(options: FileDatasetOptions): Dataset {
  const { name, file, shape, length, fingerprint } = options;
  return {
    ...{ name, kind: "image", shape, length, fingerprint },
    read(indices, out) {
      const handle = opened(file);
      try {
        for (const { first, count, at } of stretches(indices))
          readStretch(handle, options, first, count, out, at);
      } finally {
        closeSync(handle);
      }
    },
  };
}

function opened(file: string): number {
  try {
    return openSync(file, "r");
  } catch (error) {
    throw new UserError(
      `${file} can no longer be read (${errorCode(error) ?? "unknown error"}); put it back, or start again.`,
      { cause: error },
    );
  }
}

/** Consecutive numbers, which lie together in the file. */
function* stretches(indices: ArrayLike<number>): Generator<{ first: number; count: number; at: number }> {
  for (let at = 0; at < indices.length; ) {
    let count = 1;
    while (at + count < indices.length && indices[at + count] === indices[at]! + count) count++;
    yield { first: indices[at]!, count, at };
    at += count;
  }
}

const views = { uint8: Uint8Array, float32: Float32Array, float64: Float64Array } as const;

function readStretch(
  handle: number,
  { file, offset, type, shape, channelsLast = false, scale: { a, b } }: FileDatasetOptions,
  first: number,
  count: number,
  out: Float32Array,
  at: number,
): void {
  const size = exampleSize(shape);
  const values = new views[type](count * size);
  const bytes = new Uint8Array(values.buffer);
  const start = offset + first * size * values.BYTES_PER_ELEMENT;
  for (let done = 0; done < bytes.length; ) {
    const read = readSync(handle, bytes, done, bytes.length - done, start + done);
    if (read === 0)
      throw new UserError(`${file} became shorter while it was read; do not change it meanwhile.`);
    done += read;
  }
  const [channels = 1, height = 1, width = 1] = shape;
  const area = height * width;
  for (let n = 0; n < count; n++) {
    const [from, to] = [n * size, (at + n) * size];
    for (let c = 0; c < channels; c++)
      for (let i = 0; i < area; i++) {
        const place = channelsLast ? i * channels + c : c * area + i;
        out[to + c * area + i] = a * values[from + place]! + b;
      }
  }
}
