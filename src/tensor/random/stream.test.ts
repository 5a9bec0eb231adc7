import { expect, test } from "vitest";
import { deriveKey } from "./key.ts";
import { fillSource } from "./source.ts";
import { createStream } from "./stream.ts";

test("calls go on where the last one stopped", () => {
  const key = deriveKey(1, "stream");
  const whole = createStream(key).normal(new Float32Array(8));
  const parts = createStream(key);
  expect([...parts.normal(new Float32Array(3)), ...parts.normal(new Float32Array(5))]).toEqual([...whole]);
  const mixed = createStream(key);
  mixed.bits(new Uint32Array(3));
  expect([...mixed.normal(new Float32Array(5))]).toEqual([...whole.subarray(3)]);
});

test("a source gives the type and number of elements that its graph input wants", () => {
  const key = deriveKey(2, "f", 0, 0);
  const common = { low: 0, high: 10, shape: [2, 3] };
  expect(fillSource({ ...common, kind: "normal", dtype: "float32" }, key)).toBeInstanceOf(Float32Array);
  expect(fillSource({ ...common, kind: "uniform", dtype: "float32" }, key).length).toBe(6);
  expect(fillSource({ ...common, kind: "randint", dtype: "int64" }, key)).toBeInstanceOf(BigInt64Array);
  const rows = fillSource({ ...common, kind: "permutation", dtype: "int32" }, key) as Int32Array;
  expect([...rows.slice(0, 3)].sort()).toEqual([0, 1, 2]);
  expect([...rows.slice(3)].sort()).toEqual([0, 1, 2]);
  expect(() => fillSource({ ...common, kind: "normal", dtype: "int32" }, key)).toThrow(/expected float32/);
  expect(() => fillSource({ ...common, kind: "randint", dtype: "bool" }, key)).toThrow(/expected int32/);
});
