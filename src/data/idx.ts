import { type Shape, UserError } from "../tensor/index.ts";

/** What an IDX file of bytes holds. */
export interface Idx {
  readonly shape: Shape;
  readonly data: Uint8Array; // a view of the file, not a copy
}

const unsignedByte = 0x08;

/** Whether a file begins as an IDX file does: two zero bytes, a known type, a number of dimensions. */
export function looksLikeIdx(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0 && bytes[1] === 0 && bytes[2]! >= 0x08 && bytes[2]! <= 0x0e;
}

/**
 * Reads an IDX file (LeCun's format of MNIST): two zero bytes, the type, the number of dimensions, each dimension as a
 * big-endian 32-bit number, then the data. Nothing is allocated; a header that does not fit the file is a UserError.
 */
export function parseIdx(bytes: Uint8Array, file: string): Idx {
  if (!looksLikeIdx(bytes)) throw broken(file, "does not begin with an IDX header");
  if (bytes[2] !== unsignedByte) {
    throw broken(
      file,
      `holds numbers of type 0x${bytes[2]!.toString(16).padStart(2, "0")}, not bytes (0x08)`,
    );
  }
  const rank = bytes[3]!;
  const header = 4 + 4 * rank;
  if (rank < 1 || rank > 4) throw broken(file, `claims ${rank} dimensions, expected 1 to 4`);
  if (bytes.length < header) throw broken(file, `ends inside its header, after ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, header);
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const claimed = shape.reduce((product, d) => product * d, 1);
  if (claimed !== bytes.length - header) {
    throw broken(
      file,
      `claims ${shape.join("×")} = ${claimed} bytes after its header, but ${bytes.length - header} follow`,
    );
  }
  return { shape, data: bytes.subarray(header) };
}

function broken(file: string, what: string): UserError {
  return new UserError(`${file} ${what}; it is damaged or not an IDX file: get it again.`);
}
