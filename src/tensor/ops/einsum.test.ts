import { describe, expect, it } from "vitest";
import { topologicalOrder } from "../grad.ts";
import { inputTensor } from "../variable.ts";
import { diagonal, dot, outer, trace, tril, triu } from "./diagonal.ts";
import { einsum } from "./einsum.ts";

const x = (...shape: number[]) => inputTensor("x", shape, "float32");

describe("einsum", () => {
  it.each([
    [
      "ij,jk->ik",
      [
        [2, 3],
        [3, 4],
      ],
      [2, 4],
    ],
    [
      "ba,ac",
      [
        [2, 3],
        [3, 4],
      ],
      [2, 4],
    ],
    [
      "ij,jk",
      [
        [2, 3],
        [3, 4],
      ],
      [2, 4],
    ],
    ["ii", [[3, 3]], []],
    ["ii->i", [[3, 3]], [3]],
    ["i,j -> ij", [[2], [3]], [2, 3]],
    [
      "...ij,...jk->...ik",
      [
        [2, 1, 3, 4],
        [5, 4, 2],
      ],
      [2, 5, 3, 2],
    ],
    [
      "i...,j...->ij...",
      [
        [2, 3],
        [4, 3],
      ],
      [2, 4, 3],
    ],
    [
      "ijk,jl,kl->il",
      [
        [2, 3, 4],
        [3, 5],
        [4, 5],
      ],
      [2, 5],
    ],
    [
      "...i,...i",
      [
        [2, 3],
        [2, 3],
      ],
      [2],
    ],
  ] as [string, number[][], number[]][])("%s", (spec, shapes, out) => {
    expect(einsum(spec, ...shapes.map((s) => x(...s))).shape).toEqual(out);
  });

  it("makes one matrix product of a contraction", () => {
    const y = einsum("bhid,bhjd->bhij", x(2, 2, 3, 4), x(2, 2, 5, 4));
    expect(topologicalOrder([y]).filter((t) => t.op.name === "matmul")).toHaveLength(1);
  });

  it("says what does not fit", () => {
    expect(() => einsum("ij,jk->ik", x(2, 3))).toThrow("describes 2 operand(s), got 1");
    expect(() => einsum("ij->i", x(2))).toThrow('the term "ij"');
    expect(() => einsum("ij,jk->ik", x(2, 3), x(4, 5))).toThrow(
      '"j" of "ij,jk->ik" has size 3 in one place and 4',
    );
    expect(() => einsum("ij->ik", x(2, 3))).toThrow('the output of "ij->ik" has "k"');
    expect(() => einsum("ij->ii", x(2, 3))).toThrow("name each output axis once");
    expect(() => einsum("ii->i", x(2, 3))).toThrow("equal letters need equal sizes");
    expect(() => einsum("i->i->i", x(2))).toThrow("describes");
  });
});

describe("diagonals", () => {
  it("are as long as they fit", () => {
    expect([-3, -2, 0, 1, 3, 4].map((k) => diagonal(x(2, 3, 4), k).shape[1])).toEqual([0, 1, 3, 3, 1, 0]);
    expect(diagonal(x(3, 2, 4), 1, { axes: [2, 0] }).shape).toEqual([2, 2]);
    expect(trace(x(5, 3, 3)).shape).toEqual([5]);
    expect(() => diagonal(x(3, 3), 0, { axes: [0, 0] })).toThrow("expected two axes");
  });

  it("split matrices", () => {
    expect(tril(x(2, 3, 4)).shape).toEqual([2, 3, 4]);
    expect(() => triu(x(3))).toThrow("triu: got [3], expected matrices");
  });

  it("products of vectors", () => {
    expect(outer(x(2), x(3)).shape).toEqual([2, 3]);
    expect(dot(x(3), x(3)).shape).toEqual([]);
    expect(() => dot(x(3), x(4))).toThrow("two vectors of one length");
  });
});
