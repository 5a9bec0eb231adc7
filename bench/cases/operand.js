// @ts-check
import { uniformData } from "./data.js";

/**
 * Numbers that stay on the device between calls.
 * @param {string} name @param {readonly number[]} shape @param {{ scale?: number, trainable?: boolean }} [options]
 * @returns {import("../imago.js").Variable}
 */
export function operand(name, shape, { scale = 1, trainable = false } = {}) {
  const init = () => uniformData([...shape], -scale, scale).data;
  return { name, shape, dtype: "float32", trainable, init };
}
