import { allocate, type TypedArray } from "../dtype.ts";
import { UserError } from "../errors.ts";
import type { RandomAttributes } from "../random.ts";
import { sizeOf } from "../shape.ts";
import { fillIntegers, fillNormal, fillPermutation, fillUniform } from "./fill.ts";
import type { PhiloxKey } from "./philox.ts";

/**
 * The numbers of a random source for one call of its function, whose key is `deriveKey(seed, function, step, source)`.
 * Normals are standard, uniforms in (0, 1), integers in [low, high), permutations along the last axis.
 */
export function fillSource(
  { kind, shape, dtype, low, high }: Omit<RandomAttributes, "source">,
  key: PhiloxKey,
): TypedArray {
  const out = allocate(dtype, sizeOf(shape));
  if (kind === "normal" || kind === "uniform") {
    if (!(out instanceof Float32Array)) {
      throw new UserError(`${kind}: got ${dtype}, expected float32; convert the numbers with cast().`);
    }
    return kind === "normal" ? fillNormal(out, key) : fillUniform(out, key);
  }
  if (out instanceof Uint8Array || out instanceof Float64Array) {
    throw new UserError(`${kind}: got ${dtype}, expected int32, int64 or float32; convert the numbers.`);
  }
  if (kind === "randint") return fillIntegers(out, key, { low, high });
  return fillPermutation(out, key, { length: shape.at(-1) ?? 1 });
}
