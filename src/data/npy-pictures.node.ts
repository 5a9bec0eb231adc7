/** A .npy file of pictures that stays on the disk. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { UserError } from "../tensor/index.ts";
import type { Dataset } from "./dataset.ts";
import { fileDataset } from "./file-dataset.node.ts";
import type { NpyHeader } from "./npy.ts";

const types = { "|u1": "uint8", "<f4": "float32", "<f8": "float64" } as const;

/**
 * Pictures [N, 1 or 3, H, W] or [N, H, W, 1 or 3] of a .npy file: bytes 0 … 255, or floats that are all in [0, 1], in [−1, 1] or
 * in [0, 255]. The file is read once, for its range and its fingerprint, and then on demand.
 * Throws (UserError) where it is unclear which axis the channels are, or numbers are outside or not finite.
 */
export async function npyPictures(file: string, header: NpyHeader): Promise<Dataset> {
  const { shape, descr, offset } = header;
  const type = types[descr as keyof typeof types];
  if (!type || !Object.hasOwn(types, descr)) {
    throw new UserError(`${file} holds pictures of type ${descr}; save them as uint8 or float32.`);
  }
  const { channelsLast, example } = layoutOf(file, shape);
  const { low, high, fingerprint } = await scan(file, offset, type);
  return fileDataset({
    name: basename(file).replace(/\.npy$/i, ""),
    ...{ file, offset, type, channelsLast },
    shape: example,
    length: shape[0]!,
    scale: scaleOf(file, type, low, high),
    fingerprint,
  });
}

function layoutOf(
  file: string,
  shape: readonly number[],
): { channelsLast: boolean; example: readonly number[] } {
  const [n = 0, a = 0, b = 0, c = 0] = shape;
  if (n < 1 || shape.some((d) => d < 1))
    throw new UserError(`${file} is an array ${shape.join("×")}; expected some pictures.`);
  const [first, last] = [a === 1 || a === 3, c === 1 || c === 3];
  if (first && last) {
    throw new UserError(
      `${file} is an array ${shape.join("×")}, where the second and the last axis could both be the channels; save it as N×C×H×W with H and W above 3.`,
    );
  }
  if (first) return { channelsLast: false, example: [a, b, c] };
  if (last) return { channelsLast: true, example: [c, a, b] };
  throw new UserError(
    `${file} is an array ${shape.join("×")}; expected pictures N×C×H×W or N×H×W×C with 1 or 3 channels, or features N×D.`,
  );
}

const views = { uint8: Uint8Array, float32: Float32Array, float64: Float64Array } as const;

/** Smallest and largest number, and the hash of the file, in one pass. */
async function scan(
  file: string,
  offset: number,
  type: keyof typeof views,
): Promise<{ low: number; high: number; fingerprint: string }> {
  const hash = createHash("sha256");
  const view = views[type];
  const width = view.BYTES_PER_ELEMENT;
  let [low, high, at] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  let rest: Uint8Array = new Uint8Array(0);
  hash.update(String(offset));
  for await (const chunk of createReadStream(file, { start: offset, highWaterMark: 2 ** 20 })) {
    hash.update(chunk as Uint8Array);
    const bytes = Buffer.concat([rest, chunk as Uint8Array]);
    const count = Math.floor(bytes.length / width);
    const values = new view(new Uint8Array(bytes.subarray(0, count * width)).buffer);
    for (let i = 0; i < count; i++, at++) {
      const v = values[i]!;
      if (!Number.isFinite(v)) {
        throw new UserError(
          `${file} holds ${v} at place ${at}; expected finite numbers: leave that picture out.`,
        );
      }
      if (v < low) low = v;
      if (v > high) high = v;
    }
    rest = bytes.subarray(count * width);
  }
  return { low, high, fingerprint: hash.digest("hex") };
}

function scaleOf(file: string, type: string, low: number, high: number): { a: number; b: number } {
  if (type === "uint8") return { a: 1 / 127.5, b: -1 };
  if (low >= 0 && high <= 1) return { a: 2, b: -1 };
  if (low >= -1 && high <= 1) return { a: 1, b: 0 };
  if (low >= 0 && high <= 255) return { a: 1 / 127.5, b: -1 };
  throw new UserError(
    `${file} holds pixels from ${low} to ${high}; expected all in [0, 1], in [−1, 1] or in [0, 255].`,
  );
}
