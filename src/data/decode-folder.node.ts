import { availableParallelism } from "node:os";
import { join } from "node:path";
import { UserError } from "../tensor/index.ts";
import { greyPlane, imageDecoder, isGrey, writePlanes } from "./decode-image.node.ts";
import { inParallel } from "./in-parallel.ts";
import type { ImageFile } from "./list-images.node.ts";
import type { DataProgress } from "./progress.ts";

/** The pictures of a folder after decoding. */
export interface DecodedImages {
  readonly channels: 1 | 3;
  /** Pictures one after another, channels first. */
  readonly bytes: Uint8Array;
  /** For every decoded picture the number of its file. */
  readonly fileNumbers: Int32Array;
  /** Files that could not be read, each with the reason. */
  readonly skipped: readonly string[];
}

const byteLimit = 2 ** 31 - 1; // of one folder's pictures, in memory and in the cache

/**
 * Decodes files into one stretch of memory. A file that cannot be read is left out and counted. The result is grey where most
 * of the pictures are. At most a few pictures are open at once, so memory does not grow with their number or size.
 */
export async function decodeFolder(
  folder: string,
  files: readonly ImageFile[],
  size: number,
  onProgress?: (progress: DataProgress) => void,
): Promise<DecodedImages> {
  const example = 3 * size * size;
  if (files.length * example > byteLimit) {
    throw new UserError(
      `${folder} has ${files.length} pictures, which at ${size}×${size} take more than 2 GiB; ` +
        `use a size of at most ${Math.floor(Math.sqrt(byteLimit / 3 / files.length))}.`,
    );
  }
  const bytes = new Uint8Array(files.length * example);
  const decode = await imageDecoder(size);
  let done = 0;
  const failures = await inParallel(files, availableParallelism() + 2, async ({ path }, i) => {
    const planes = bytes.subarray(i * example, (i + 1) * example);
    const failure = await decode(join(folder, path)).then(
      (pixels) => writePlanes(pixels, planes),
      (error: unknown) => `${path} (${reasonOf(error)})`,
    );
    onProgress?.({ stage: "decoding pictures", done: ++done, total: files.length });
    return failure ?? undefined;
  });
  return collect(bytes, example, failures);
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split("\n").at(-1) ?? message).trim();
}

/** Closes the gaps that unreadable files left, and drops the colour where most pictures have none. */
function collect(
  bytes: Uint8Array,
  example: number,
  failures: readonly (string | undefined)[],
): DecodedImages {
  const good = Int32Array.from(failures.flatMap((failure, i) => (failure === undefined ? [i] : [])));
  const picture = (i: number): Uint8Array => bytes.subarray(i * example, (i + 1) * example);
  const greys = good.reduce((count, i) => count + (isGrey(picture(i)) ? 1 : 0), 0);
  const channels = 2 * greys > good.length ? 1 : 3;
  const length = (example / 3) * channels;
  good.forEach((file, n) => {
    bytes.set(channels === 1 ? greyPlane(picture(file)) : picture(file), n * length);
  });
  return {
    channels,
    bytes: bytes.subarray(0, good.length * length),
    fileNumbers: good,
    skipped: failures.filter((failure) => failure !== undefined),
  };
}
