import { open, utimes } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { atomicWrite } from "./atomic-write.node.ts";
import { cacheFolder } from "./data-folders.node.ts";
import type { DecodedImages } from "./decode-folder.node.ts";
import { pruneFolder } from "./prune-folder.node.ts";
import { sha256 } from "./read-bytes.node.ts";

/** Decoded pictures with the fingerprint of their bytes, which is kept so that it is not computed at every start. */
export interface CachedImages extends DecodedImages {
  readonly fingerprint: string;
}

const magic = "imago pictures 1\n";
const cacheLimit = 8 * 2 ** 30; // bytes of all decoded folders together; the ones used longest ago go first
const headerLimit = 2 ** 26;
const header = z.object({
  channels: z.union([z.literal(1), z.literal(3)]),
  fingerprint: z.string(),
  skipped: z.array(z.string()),
  count: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
});

function cacheFile(key: string): string {
  return join(cacheFolder(), "pictures", `${key}.bin`);
}

/**
 * Decoded pictures from the cache, or nothing: a file that is missing, cut short or of another version counts as absent.
 * Layout: the magic line, the header's length as 8 hexadecimal digits, the header (JSON), file numbers (int32), pixels.
 */
export async function readImageCache(key: string): Promise<CachedImages | undefined> {
  const file = await open(cacheFile(key), "r").catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const start = Buffer.alloc(magic.length + 8);
    await file.read(start, 0, start.length, 0);
    const headerLength = Number.parseInt(start.toString("latin1", magic.length), 16);
    if (start.toString("latin1", 0, magic.length) !== magic || !(headerLength <= headerLimit))
      return undefined;
    const text = Buffer.alloc(headerLength);
    await file.read(text, 0, headerLength, start.length);
    const { count, bytes: length, ...rest } = header.parse(JSON.parse(text.toString()));
    const { size } = await file.stat();
    if (size !== start.length + headerLength + 4 * count + length) return undefined;
    const fileNumbers = new Int32Array(count);
    await file.read(new Uint8Array(fileNumbers.buffer), 0, 4 * count, start.length + headerLength);
    const bytes = new Uint8Array(length);
    await file.read(bytes, 0, length, start.length + headerLength + 4 * count);
    await utimes(cacheFile(key), new Date(), new Date()).catch(() => undefined); // used now: kept longest
    return { ...rest, fileNumbers, bytes };
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

/** Keeps decoded pictures for the next start. False where they cannot be written: they are only a saving of time. */
export async function writeImageCache(key: string, images: CachedImages): Promise<boolean> {
  const { fileNumbers, bytes, ...rest } = images;
  const text = Buffer.from(JSON.stringify({ ...rest, count: fileNumbers.length, bytes: bytes.length }));
  try {
    await atomicWrite(cacheFile(key), [
      Buffer.from(magic + text.length.toString(16).padStart(8, "0")),
      text,
      new Uint8Array(fileNumbers.buffer, fileNumbers.byteOffset, fileNumbers.byteLength),
      bytes,
    ]);
    await pruneFolder(join(cacheFolder(), "pictures"), Math.max(cacheLimit, bytes.length * 2));
    return true;
  } catch {
    return false;
  }
}

/** The key of a cache file: everything that the decoded pictures depend on. */
export function imageCacheKey(...parts: readonly string[]): string {
  return sha256(magic, ...parts).slice(0, 32);
}
