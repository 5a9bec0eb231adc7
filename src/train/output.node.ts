/** What the commands that make pictures share: where a result goes, and that nothing is lost there. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { extname } from "node:path";
import { type Shape, UserError } from "../tensor/index.ts";

export interface OutputOptions {
  /** File or folder to write. */
  readonly out: string;
  /** Replace what is there. Default false. */
  readonly overwrite?: boolean;
}

/** Throws (UserError) where `out` exists and is not to be replaced. */
export function checkFree({ out, overwrite = false }: OutputOptions): void {
  if (!overwrite && existsSync(out) && !isEmptyFolder(out))
    throw new UserError(
      `${out} exists; name another place, or say that it may be overwritten (--overwrite).`,
    );
}

/** Whether there is a folder without anything in it. */
export const isEmptyFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true && readdirSync(path).length === 0;

/** The ending of `out` in small letters, "" for a folder. Throws (UserError) where it is none of `known`. */
export function endingOf(out: string, known: readonly string[]): string {
  const ending = extname(out).toLowerCase();
  if (!known.includes(ending)) {
    const names = known.map((e) => e || "no ending (a folder)").join(", ");
    throw new UserError(`${out}: the ending "${ending}" is none of ${names}; name the file so.`);
  }
  return ending;
}

/** Throws (UserError) unless `value` is a whole number from `low` to `high`. */
export function checkCount(what: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high)
    throw new UserError(`${what} is ${value}, expected a whole number from ${low} to ${high}.`);
}

/** A NumPy file (format 1.0) of float32 numbers in C order. */
export function npyBytes(data: Float32Array, shape: Shape): Uint8Array {
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${dims}), }`;
  // Magic, version and length take 10 bytes; the numbers begin at a multiple of 64.
  const header = text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11) + "\n";
  const bytes = new Uint8Array(10 + header.length + 4 * data.length);
  bytes.set([0x93, ...Buffer.from("NUMPY"), 1, 0, header.length & 255, header.length >> 8]);
  bytes.set(Buffer.from(header, "latin1"), 10);
  const view = new DataView(bytes.buffer, 10 + header.length);
  for (let i = 0; i < data.length; i++) view.setFloat32(4 * i, data[i]!, true);
  return bytes;
}
