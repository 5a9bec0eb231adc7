import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../errors.ts";
import { grad } from "../grad.ts";
import type { Shape } from "../shape.ts";
import { inputTensor } from "../variable.ts";
import { concat, split, stack, unstack } from "./concat.ts";
import { pad } from "./pad.ts";
import { sum } from "./reduce.ts";
import { repeat, roll, tile } from "./repeat.ts";
import { flip, narrow, slice } from "./slice.ts";

const x = (...shape: number[]) => inputTensor("x", shape, "float32");
const shapeOf = (t: { shape: Shape }) => [...t.shape];

describe("slice", () => {
  it("reads ranges as NumPy does", () => {
    expect(shapeOf(slice(x(5, 4), [[1, 3]]))).toEqual([2, 4]);
    expect(shapeOf(slice(x(5, 4), [null, [1, -1]]))).toEqual([5, 2]);
    expect(shapeOf(slice(x(5, 4), [-1]))).toEqual([4]);
    expect(shapeOf(slice(x(2, 3, 4), [null, 2, 1]))).toEqual([2]);
    expect(
      shapeOf(
        slice(x(8, 5), [
          [1, null, 3],
          [null, null, -2],
        ]),
      ),
    ).toEqual([3, 3]);
    expect(shapeOf(slice(x(5), [[4, 0, -2]]))).toEqual([2]);
    expect(shapeOf(slice(x(5), [[0, 4, -1]]))).toEqual([0]);
    expect(shapeOf(slice(x(5), [[-99, 99]]))).toEqual([5]);
  });

  it("takes as many elements as Array.slice and a stride would", () => {
    const bound = fc.option(fc.integer({ min: -9, max: 9 }));
    fc.assert(
      fc.property(fc.nat(7), bound, bound, fc.integer({ min: 1, max: 4 }), (size, start, stop, step) => {
        const list = Array.from({ length: size }, (_, i) => i);
        const taken = list.slice(start ?? 0, stop ?? undefined).filter((_, i) => i % step === 0);
        expect(shapeOf(slice(x(size), [[start, stop, step]]))).toEqual([taken.length]);
        const down = slice(x(size), [[null, null, -step]]);
        expect(shapeOf(down)).toEqual([Math.ceil(size / step)]);
      }),
      { seed: 7 },
    );
  });

  it("names elements and steps that do not exist", () => {
    expect(() => slice(x(5), [5])).toThrow(
      "slice: element 5 does not exist along axis 0 of [5]; use -5 … 4.",
    );
    expect(() => slice(x(5), [[0, 5, 0]])).toThrow("step other than 0");
    expect(() => slice(x(5), [[0.5, 3]])).toThrow("whole numbers");
    expect(() => slice(x(5), [null, null])).toThrow("at most 1");
    expect(() => narrow(x(5), 0, 3, 3)).toThrow("narrow: elements 3 … 6 do not exist");
  });

  it("adds no node where everything is taken", () => {
    const t = x(3, 4);
    expect(slice(t, [null, [0, 4]])).toBe(t);
    expect(flip(inputTensor("y", [1], "float32"))).toHaveProperty("op.name", "input");
  });

  it("has derivatives of the input's shape, also with strides that leave a remainder", () => {
    for (const step of [1, 2, 3, -2]) {
      const t = x(8, 5);
      const y = slice(t, [
        [1, null, step],
        [null, -1],
      ]);
      expect(grad(sum(y), [t])[0]!.shape).toEqual([8, 5]);
    }
  });
});

describe("concat, stack and split", () => {
  it("joins and cuts", () => {
    expect(shapeOf(concat([x(2, 3), x(4, 3)]))).toEqual([6, 3]);
    expect(shapeOf(concat([x(2, 3), x(2, 0)], -1))).toEqual([2, 3]);
    expect(shapeOf(stack([x(2, 3), x(2, 3)], -1))).toEqual([2, 3, 2]);
    expect(split(x(2, 6), 3, 1).map(shapeOf)).toEqual([
      [2, 2],
      [2, 2],
      [2, 2],
    ]);
    expect(split(x(6), [1, 5]).map(shapeOf)).toEqual([[1], [5]]);
    expect(unstack(x(3, 2)).map(shapeOf)).toEqual([[2], [2], [2]]);
  });

  it("says what does not fit", () => {
    expect(() => concat([])).toThrow(UserError);
    expect(() => concat([x(2, 3), x(3, 3)], 1)).toThrow(
      "concat: got [2, 3] and [3, 3], expected shapes that differ at most along axis 1.",
    );
    expect(() => concat([x(2), inputTensor("i", [2], "int32")])).toThrow("expected one type");
    expect(() => stack([x(2), x(3)])).toThrow("one shape");
    expect(() => split(x(2, 5), 2, 1)).toThrow("does not cut into 2 equal pieces");
    expect(() => split(x(5), [2, 2])).toThrow("add up to 5");
  });
});

describe("pad", () => {
  it("pads the last axes where fewer pairs than axes are given", () => {
    expect(shapeOf(pad(x(2, 3), [[1, 2]]))).toEqual([2, 6]);
    expect(
      shapeOf(
        pad(x(2, 3, 4), [
          [0, 1],
          [2, 0],
          [0, 0],
        ]),
      ),
    ).toEqual([3, 5, 4]);
    expect(shapeOf(pad(x(2, 3), [[2, 1]], { mode: "reflect" }))).toEqual([2, 6]);
    expect(shapeOf(pad(x(2, 3), [[5, 0]], { mode: "edge" }))).toEqual([2, 8]);
  });

  it("refuses what has no meaning", () => {
    expect(() => pad(x(2), [[-1, 0]])).toThrow("at least 0");
    expect(() => pad(x(2, 3), [[3, 0]], { mode: "reflect" })).toThrow("needs an axis longer than that");
    expect(() => pad(x(0), [[1, 0]], { mode: "edge" })).toThrow("no edge");
  });
});

describe("tile, repeat and roll", () => {
  it("multiplies sizes", () => {
    expect(shapeOf(tile(x(2, 3), [2, 1, 3]))).toEqual([2, 2, 9]);
    expect(shapeOf(tile(x(2, 3), [2]))).toEqual([2, 6]);
    expect(shapeOf(repeat(x(2, 3), 4, -1))).toEqual([2, 12]);
    expect(shapeOf(roll(x(2, 3), [1, -1], [0, 1]))).toEqual([2, 3]);
  });

  it("leaves a full turn alone", () => {
    const t = x(2, 3);
    expect(roll(t, 6, 1)).toBe(t);
  });

  it("says what does not fit", () => {
    expect(() => tile(x(2), [-1])).toThrow("tile");
    expect(() => roll(x(2, 3), [1, 2], 0)).toThrow("one whole number for each axis");
    expect(() => roll(x(2, 3), 1, 2)).toThrow("axis 2 does not exist");
  });
});
