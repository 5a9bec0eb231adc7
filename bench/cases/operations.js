// @ts-check
/**
 * Single operations. Their operands are state on the device and one element of the result comes back, so that copying
 * arrays in and out is not what is timed.
 */
import { compile, matmul, read, slice } from "../imago.js";
import { oneByOne } from "./case.js";
import { convCases } from "./conv.js";
import { operand } from "./operand.js";
import { adamCase, batchNormCase } from "./training.js";

/** @typedef {import("./case.js").Case} Case */

/** @param {number} size @returns {Case} */
function matmulCase(size) {
  return {
    name: `matmul ${size}`,
    group: "matmul",
    keys: [`matmul${size}`],
    reference: { kind: "matmul", options: { size } },
    prepare(runtime) {
      const [a, b] = [operand("a", [size, size]), operand("b", [size, size])];
      const run = compile(() => slice(matmul(read(a), read(b)), [0, 0]), { runtime, name: `matmul${size}` });
      return oneByOne(async () => [Number((await run()).data[0])], 2 * size ** 3);
    },
  };
}

export const peakCase = () => matmulCase(1024);

/** @returns {Case[]} */
export function operationCases() {
  return [matmulCase(256), matmulCase(1024), ...convCases(), adamCase(), batchNormCase()];
}
