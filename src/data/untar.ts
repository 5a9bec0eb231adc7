import { UserError } from "../tensor/index.ts";

const block = 512;

/**
 * The plain files of a tar archive (POSIX ustar) by the last part of their paths, as views of `bytes`. Folders, links and
 * extended headers are passed over; a header whose checksum or size does not fit is a UserError.
 */
export function untar(bytes: Uint8Array, file: string): Map<string, Uint8Array> {
  const members = new Map<string, Uint8Array>();
  for (let at = 0; at + block <= bytes.length; ) {
    const header = bytes.subarray(at, at + block);
    if (header.every((byte) => byte === 0)) break;
    const size = octal(header, 124, 12);
    const start = at + block;
    if (octal(header, 148, 8) !== checksum(header) || !(start + size <= bytes.length)) {
      throw new UserError(`${file} is damaged at byte ${at} (tar); get it again.`);
    }
    const plain = header[156] === 0 || header[156] === 0x30; // type "0"
    if (plain) members.set(text(header, 0, 100).split("/").at(-1)!, bytes.subarray(start, start + size));
    at = start + Math.ceil(size / block) * block;
  }
  return members;
}

function text(header: Uint8Array, at: number, length: number): string {
  const field = new TextDecoder("latin1").decode(header.subarray(at, at + length));
  return field.split("\0", 1)[0]!;
}

function octal(header: Uint8Array, at: number, length: number): number {
  const digits = text(header, at, length).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}

/** The sum of the header's bytes with the checksum field taken as spaces. */
function checksum(header: Uint8Array): number {
  return header.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 0x20 : byte), 0);
}
