import { UserError } from "../tensor/index.ts";

/** Pictures of CIFAR-10's binary layout, 3×32×32 bytes each, and their labels. */
export interface CifarRecords {
  readonly bytes: Uint8Array;
  readonly labels: Uint8Array;
}

const pixels = 3 * 32 * 32;
const record = 1 + pixels;

/**
 * Reads files of CIFAR-10's binary version (Krizhevsky 2009): records of one label byte and 3,072 pixels, the red plane, then
 * green, then blue. A file that is no whole number of records, or a label that is no class, is a UserError.
 */
export function parseCifar(
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
  classes = 10,
): CifarRecords {
  for (const { name, bytes } of files) {
    if (bytes.length === 0 || bytes.length % record !== 0) {
      throw new UserError(
        `${name} holds ${bytes.length} bytes, which is no whole number of CIFAR-10 records of ${record}; get it again.`,
      );
    }
  }
  const count = files.reduce((sum, { bytes }) => sum + bytes.length / record, 0);
  const out = { bytes: new Uint8Array(count * pixels), labels: new Uint8Array(count) };
  let n = 0;
  for (const { name, bytes } of files) {
    for (let at = 0; at < bytes.length; at += record, n++) {
      const label = bytes[at]!;
      if (label >= classes) {
        throw new UserError(
          `${name} has the label ${label} in record ${at / record}, expected 0 to ${classes - 1}.`,
        );
      }
      out.labels[n] = label;
      out.bytes.set(bytes.subarray(at + 1, at + record), n * pixels);
    }
  }
  return out;
}
