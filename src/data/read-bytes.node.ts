import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { UserError } from "../tensor/index.ts";

const gunzipAsync = promisify(gunzip);
/** Most bytes that one data file may hold, also after unpacking: above it a file is refused before it is read. */
const fileLimit = 2 ** 31 - 1;

/** The bytes of a file, unpacked where it is gzipped. */
export async function readBytes(file: string, limit = fileLimit): Promise<Uint8Array> {
  const bytes = await read(file, limit);
  if (!(bytes[0] === 0x1f && bytes[1] === 0x8b)) return bytes;
  try {
    return await gunzipAsync(bytes, { maxOutputLength: limit });
  } catch (error) {
    const why =
      (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE"
        ? `holds more than ${limit} bytes`
        : "is damaged or cut short (gzip)";
    throw new UserError(`${file} ${why}; get it again.`, { cause: error });
  }
}

async function read(file: string, limit: number): Promise<Uint8Array> {
  try {
    const { size } = await stat(file);
    if (size > limit)
      throw new UserError(`${file} is ${size} bytes long; the most that is read is ${limit}.`);
    return await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || error instanceof UserError) throw error;
    throw new UserError(`${file} cannot be read (${code}); check that it is there and readable.`, {
      cause: error,
    });
  }
}

/** SHA-256 of one or more stretches of bytes and texts, each with its length, in hexadecimal. */
export function sha256(...parts: readonly (Uint8Array | string)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest("hex");
}
