import { expect, it } from "vitest";
import { inputTensor } from "./variable.ts";
import "./methods.ts";

it("a method is its function with the tensor as first argument", () => {
  const x = inputTensor("x", [2, 3], "float32");
  const y = x.mul(2).sum(0, { keepdims: true });
  expect(y).toMatchObject({ shape: [1, 3] });
  expect(y.op.name).toBe("sum");
  expect(y.inputs[0]!.inputs[0]).toBe(x);
  expect(x.slice([null, [0, 2]]).reshape([-1]).shape).toEqual([4]);
});

it("methods stay out of loops over a tensor's properties", () => {
  const keys: string[] = [];
  for (const key in inputTensor("x", [1], "float32")) keys.push(key);
  expect(keys.sort()).toEqual(["attrs", "dtype", "inputs", "op", "scope", "shape"]);
});
