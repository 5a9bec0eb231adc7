// @ts-check
import { createWriteStream } from "node:fs";
import { basename } from "node:path";
import { finished } from "node:stream/promises";
import { deriveKey, fillNormal } from "../../dist/tensor/random/index.js";

/**
 * Writes [count, dimensions] float32 numbers that look a little like features of a network: neighbours correlated, variances
 * falling over three orders of magnitude, means of their own. Seeded by the file's name.
 * @param {string} file @param {number} count @param {number} dimensions
 */
export async function writeFeatures(file, count, dimensions) {
  const out = createWriteStream(file);
  const portion = 1000;
  for (let first = 0; first < count; first += portion) {
    const rows = Math.min(portion, count - first);
    const data = fillNormal(new Float32Array(rows * dimensions), deriveKey("bench", basename(file), first));
    for (let i = 0; i < rows; i++) {
      let before = 0;
      for (let j = 0; j < dimensions; j++) {
        const at = i * dimensions + j;
        before = 0.6 * before + /** @type {number} */ (data[at]);
        data[at] = (before + 1) * 10 ** ((-1.5 * j) / dimensions);
      }
    }
    if (!out.write(new Uint8Array(data.buffer))) await new Promise((resolve) => out.once("drain", resolve));
  }
  out.end();
  await finished(out);
}
