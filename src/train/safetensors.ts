/**
 * The safetensors format (github.com/huggingface/safetensors): 8 bytes with the header's length, a JSON
 * header with the type, shape and place of each tensor, then the numbers, little-endian. It holds data only:
 * reading one runs no code.
 */
import { z } from "zod";
import { type DType, dtypeOf, sizeOf, type TypedArray, UserError } from "../tensor/index.ts";

/** One tensor of a file: its numbers and shape. */
export interface StoredTensor {
  readonly data: TypedArray;
  readonly shape: readonly number[];
}

export interface Safetensors {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Free text by name. */
  readonly metadata: { readonly [name: string]: string };
  /** The bytes after the header. */
  readonly payload: Uint8Array;
}

const codes = { float32: "F32", float64: "F64", int32: "I32", int64: "I64", bool: "BOOL" } as const;
const widths = { F32: 4, F64: 8, I32: 4, I64: 8, BOOL: 1 } as const;
/** The format's own limit. */
const longestHeader = 100_000_000;

/**
 * The parts of a file, to be written one after another: header, then tensors. Their order depends on the
 * names and types alone (widest elements first, so that all are aligned), so equal contents give equal bytes.
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: { readonly [name: string]: string },
): Uint8Array[] {
  const entries = inFileOrder(tensors);
  const header: { [name: string]: unknown } = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { data, shape }] of entries) {
    const end = offset + data.byteLength;
    header[name] = { dtype: codes[typeOf(name, data)], shape, data_offsets: [offset, end] };
    offset = end;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(text.length / 8) * 8;
  const start = new Uint8Array(8 + padded).fill(0x20);
  new DataView(start.buffer).setBigUint64(0, BigInt(padded), true);
  start.set(text, 8);
  return [start, ...payloadParts(tensors)];
}

/** The bytes after the header, for a checksum that the header is to name. */
export function payloadParts(tensors: ReadonlyMap<string, StoredTensor>): Uint8Array[] {
  return inFileOrder(tensors).map(
    ([, { data }]) => new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
  );
}

function inFileOrder(tensors: ReadonlyMap<string, StoredTensor>): [string, StoredTensor][] {
  const width = ({ data }: StoredTensor): number => data.BYTES_PER_ELEMENT;
  return [...tensors].sort(([a, x], [b, y]) => width(y) - width(x) || (a < b ? -1 : a > b ? 1 : 0));
}

function typeOf(name: string, data: TypedArray): DType {
  const dtype = dtypeOf(data);
  if (!dtype) throw new Error(`safetensors: ${name} has no type that can be stored`);
  return dtype;
}

const headerSchema = z.record(
  z.string(),
  z.object({
    dtype: z.enum(["F32", "F64", "I32", "I64", "BOOL"]),
    shape: z.array(z.int().nonnegative()),
    data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
  }),
);
const metadataSchema = z.record(z.string(), z.string());

/**
 * Reads a whole file. `what` names it in messages ("checkpoint runs/a/…"). Every claim of the header is
 * checked against the bytes before anything is allocated. Throws a UserError where the file is truncated or
 * its header does not hold.
 */
export function decodeSafetensors(bytes: Uint8Array, what: string): Safetensors {
  const damaged = (why: string): UserError =>
    new UserError(`The ${what} is damaged: ${why}; use another checkpoint or an untouched copy.`);
  if (bytes.length < 8) throw damaged(`it has ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(Math.min(bytes.length - 8, longestHeader)))
    throw damaged(`its header claims ${length} bytes of a file of ${bytes.length}`);
  const end = 8 + Number(length);
  const { __metadata__ = {}, ...rest } = parseHeader(bytes.subarray(8, end), damaged);
  const metadata = metadataSchema.safeParse(__metadata__);
  const header = headerSchema.safeParse(rest);
  if (!metadata.success || !header.success) throw damaged("its header does not describe tensors");
  // A plain Uint8Array: a Buffer's own slice would share the memory of the whole file.
  const payload = new Uint8Array(bytes.buffer, bytes.byteOffset + end, bytes.length - end);
  checkCover(header.data, payload.length, damaged);
  const tensors = new Map<string, StoredTensor>();
  for (const [name, { dtype, shape, data_offsets }] of Object.entries(header.data))
    tensors.set(name, { shape, data: arrayOf(dtype, payload.slice(...data_offsets).buffer as ArrayBuffer) });
  return { tensors, metadata: metadata.data, payload };
}

function parseHeader(bytes: Uint8Array, damaged: (why: string) => UserError): { [name: string]: unknown } {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch {
    // Said below.
  }
  throw damaged("its header is no JSON object");
}

/** The tensors must fill the payload without gaps or overlaps, each as large as its shape says. */
function checkCover(
  header: z.infer<typeof headerSchema>,
  length: number,
  damaged: (why: string) => UserError,
): void {
  let next = 0;
  const entries = Object.entries(header).sort(([, a], [, b]) => {
    return a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1];
  });
  for (const [name, { dtype, shape, data_offsets }] of entries) {
    const [from, to] = data_offsets;
    if (from !== next || to - from !== sizeOf(shape) * widths[dtype])
      throw damaged(
        `its header puts "${name}" at bytes ${from} to ${to}, which does not fit its shape or place`,
      );
    next = to;
  }
  if (next !== length) throw damaged(`its header describes ${next} bytes of numbers, it has ${length}`);
}

function arrayOf(dtype: keyof typeof widths, buffer: ArrayBuffer): TypedArray {
  switch (dtype) {
    case "F32":
      return new Float32Array(buffer);
    case "F64":
      return new Float64Array(buffer);
    case "I32":
      return new Int32Array(buffer);
    case "I64":
      return new BigInt64Array(buffer);
    case "BOOL":
      return new Uint8Array(buffer);
  }
}
