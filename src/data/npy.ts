import { type Shape, UserError } from "../tensor/index.ts";

/** An array of a .npy file. */
export interface Npy {
  readonly shape: Shape;
  readonly values: Uint8Array | Float32Array | Float64Array | Int8Array | Int32Array | BigInt64Array;
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY
const headerLimit = 2 ** 16;

const readers: { readonly [descr: string]: (bytes: ArrayBuffer) => Npy["values"] } = {
  "|u1": (b) => new Uint8Array(b),
  "|b1": (b) => new Uint8Array(b),
  "|i1": (b) => new Int8Array(b),
  "<i4": (b) => new Int32Array(b),
  "<i8": (b) => new BigInt64Array(b),
  "<f4": (b) => new Float32Array(b),
  "<f8": (b) => new Float64Array(b),
};

export function looksLikeNpy(bytes: Uint8Array): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

/** What the header of a .npy file says. */
export interface NpyHeader {
  readonly shape: Shape;
  readonly descr: string; // "<f4"
  /** Where the numbers begin. */
  readonly offset: number;
}

/** Bytes at the start of a file that surely hold its header. */
export const npyHeaderBytes = 12 + headerLimit;

/**
 * Reads the header of a .npy file from its first bytes: magic, version, header length, a Python dictionary with `descr`,
 * `fortran_order` and `shape` (NEP 1, versions 1 to 3). A header that does not fit a file of `length` bytes is a UserError;
 * so is a type other than uint8, bool, int8, int32, int64, float32 or float64.
 */
export function parseNpyHeader(bytes: Uint8Array, length: number, file: string): NpyHeader {
  const { text, end } = headerText(bytes, file);
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const dimensions = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(text)?.[1];
  if (descr === undefined || order === undefined || dimensions === undefined) {
    throw new UserError(
      `${file} has a header that is no plain NumPy array's; save one array of numbers with np.save.`,
    );
  }
  if (!Object.hasOwn(readers, descr)) {
    throw new UserError(`${file} holds numbers of type ${descr}; save them as uint8 or float32.`);
  }
  if (order === "True") {
    throw new UserError(`${file} is in Fortran order; save np.ascontiguousarray(array) instead.`);
  }
  const shape = dimensions.split(",").flatMap((d) => (d.trim() === "" ? [] : [Number.parseInt(d, 10)]));
  const claimed = shape.reduce((product, d) => product * d, Number(descr.at(-1)));
  if (claimed !== length - end) {
    throw new UserError(
      `${file} claims an array ${shape.join("×")} of ${claimed} bytes, but ${length - end} bytes follow its ` +
        "header; it is damaged or cut short.",
    );
  }
  return { shape, descr, offset: end };
}

/** Reads an array of a .npy file; its header is checked before anything is allocated. */
export function parseNpy(bytes: Uint8Array, file: string): Npy {
  const { shape, descr, offset } = parseNpyHeader(bytes, bytes.length, file);
  // A copy: the header's length need not leave the numbers where a Float32Array may begin.
  return { shape, values: readers[descr]!(new Uint8Array(bytes.subarray(offset)).buffer) };
}

function headerText(bytes: Uint8Array, file: string): { text: string; end: number } {
  const version = bytes[6] ?? 0;
  const start = version === 1 ? 10 : 12;
  if (!looksLikeNpy(bytes) || bytes.length < start || version < 1 || version > 3) {
    throw new UserError(`${file} does not begin as a .npy file does; it is damaged or another format.`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const end = start + length;
  if (length > headerLimit || end > bytes.length) {
    throw new UserError(`${file} claims a header of ${length} bytes; it is damaged or another format.`);
  }
  return { text: new TextDecoder("latin1").decode(bytes.subarray(start, end)), end };
}
