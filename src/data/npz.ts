import { unzipSync } from "fflate";
import { UserError } from "../tensor/index.ts";
import { type Npy, parseNpy } from "./npy.ts";

const memberLimit = 2 ** 31 - 1;

export function looksLikeZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/** The arrays of a .npz file (a zip of .npy files) by name. Members other than .npy are passed over. */
export function parseNpz(bytes: Uint8Array, file: string): Map<string, Npy> {
  const members = unzip(bytes, file);
  return new Map(
    Object.entries(members).map(([name, content]) => {
      const array = name.slice(0, -".npy".length);
      return [array, parseNpy(content, `${file}, array ${array},`)];
    }),
  );
}

function unzip(bytes: Uint8Array, file: string): { [name: string]: Uint8Array } {
  let total = 0;
  try {
    return unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (!name.endsWith(".npy")) return false;
        total += originalSize;
        if (total > memberLimit) {
          throw new UserError(
            `${file} unpacks to more than ${memberLimit} bytes; split it into smaller files.`,
          );
        }
        return true;
      },
    });
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${file} is damaged or cut short (zip); get it again.`, { cause: error });
  }
}
