import { describe, expect, it } from "vitest";
import { constant, ones } from "../tensor/index.ts";
import { perExample, type Reduction, reduceLoss } from "./per-example.ts";

describe("perExample", () => {
  it("joins all axes but the first", () => {
    expect(perExample(ones([3, 2, 4])).shape).toEqual([3]);
    expect(perExample(ones([3]), "max").shape).toEqual([3]);
  });

  it("refuses a scalar", () => {
    expect(() => perExample(constant(1))).toThrow("got a scalar");
  });
});

describe("reduceLoss", () => {
  it("joins elements as asked and names a reduction it does not know", () => {
    expect(reduceLoss(ones([3, 2])).shape).toEqual([]);
    expect(reduceLoss(ones([3, 2]), "none").shape).toEqual([3, 2]);
    expect(() => reduceLoss(ones([3, 2]), "average" as Reduction)).toThrow("the reduction is average");
  });
});
