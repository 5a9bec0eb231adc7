import { describe, expect, it } from "vitest";
import { grad } from "../grad.ts";
import { inputTensor } from "../variable.ts";
import { embedding, gather, oneHot, scatterAdd, takeAlongAxis } from "./gather.ts";
import { sum } from "./reduce.ts";

const x = (...shape: number[]) => inputTensor("x", shape, "float32");
const at = (...shape: number[]) => inputTensor("at", shape, "int32");

describe("indexing", () => {
  it("replaces the axis by the axes of the indices", () => {
    expect(gather(x(5, 3), at(2, 2)).shape).toEqual([2, 2, 3]);
    expect(gather(x(5, 3), at(4), -1).shape).toEqual([5, 4]);
    expect(gather(x(5, 3), at(), 0).shape).toEqual([3]);
    expect(embedding(x(10, 4), at(2, 7)).shape).toEqual([2, 7, 4]);
  });

  it("takes along an axis, the others broadcast", () => {
    expect(takeAlongAxis(x(3, 4), at(3, 2), 1).shape).toEqual([3, 2]);
    expect(takeAlongAxis(x(3, 4), at(1, 7), -1).shape).toEqual([3, 7]);
    expect(takeAlongAxis(x(1, 4), at(3, 2), 1).shape).toEqual([3, 2]);
  });

  it("puts a new axis of classes where asked", () => {
    expect(oneHot(at(2, 3), 5)).toMatchObject({ shape: [2, 3, 5], dtype: "float32" });
    expect(oneHot(at(2, 3), 5, 0).shape).toEqual([5, 2, 3]);
  });

  it("gives derivatives of the shape of the table", () => {
    const table = x(5, 3);
    expect(grad(sum(gather(table, at(2, 2), 1)), [table])[0]!.shape).toEqual([5, 3]);
    const source = inputTensor("source", [3, 2], "float32");
    const y = sum(scatterAdd(x(3, 4), at(3, 2), source, 1));
    expect(grad(y, [source])[0]!.shape).toEqual([3, 2]);
  });

  it("says what does not fit", () => {
    expect(() => gather(x(5), x(2))).toThrow("gather: the indices are float32, expected int32 or int64");
    expect(() => takeAlongAxis(x(3, 4), at(2, 2), 1)).toThrow("the same sizes except along axis 1");
    expect(() => takeAlongAxis(x(3, 4), at(2), 1)).toThrow("the same sizes except along axis 1");
    expect(() => scatterAdd(x(3, 4), at(3, 2), x(3, 3), 1)).toThrow("expected one shape");
    expect(() => oneHot(x(2), 3)).toThrow("oneHot: the indices are float32");
  });
});
