import { expect, it } from "vitest";
import { gather, inputTensor, matmul, narrow, type Tensor, transpose } from "../tensor/index.ts";
import type { Graph } from "./graph.ts";
import { inPlaceOutputs } from "./in-place.ts";

/** A graph of the variables v and w, [4, 4], and an input x; `make` gives the new values of variables, and results. */
function inPlace(
  make: (given: { v: Tensor; w: Tensor; x: Tensor; i: Tensor }) => { [output: string]: Tensor },
  loop = false,
): string[] {
  const [v, w, x] = ["v", "w", "x"].map((name) => inputTensor(name, [4, 4], "float32")) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const i = inputTensor("i", [4], "int32");
  const graph: Graph = {
    inputs: [
      { name: "state_v", tensor: v, variable: "v" },
      { name: "state_w", tensor: w, variable: "w" },
      { name: "x", tensor: x },
      { name: "i", tensor: i },
    ],
    outputs: Object.entries(make({ v, w, x, i })).map(([name, tensor]) =>
      name === "v" || name === "w" ? { name, tensor, variable: name } : { name, tensor },
    ),
  };
  return [...inPlaceOutputs(graph, loop)];
}

it("moments and averages of what is computed elsewhere", () => {
  expect(inPlace(({ v, x }) => ({ v: v.mul(0.9).add(x) }))).toEqual(["v"]);
  expect(inPlace(({ v, x }) => ({ v: v.add(x.sub(v).mul(0.1)) }))).toEqual(["v"]);
  expect(inPlace(({ v, w, x }) => ({ v: v.mul(0.9).add(matmul(w, x).square()) }))).toEqual(["v"]);
  expect(inPlace(({ v, x }) => ({ v: v.reshape([16]).mul(2).reshape([4, 4]).add(x) }))).toEqual(["v"]);
});

it("the old value is not asked for at all", () => {
  expect(inPlace(({ x }) => ({ v: x.mul(2) }))).toEqual([]); // it is an input that nobody reads: pruned before
});

it("a weight that a product reads, before its update or beside it", () => {
  expect(inPlace(({ v, x }) => ({ v: v.sub(matmul(x, x)), y: matmul(v, x) }))).toEqual([]);
  expect(inPlace(({ v, x }) => ({ v: v.sub(matmul(v, x)) }))).toEqual([]); // one Gemm: it would read what it writes
  expect(inPlace(({ v, x }) => ({ v: matmul(v.mul(0.5), x) }))).toEqual([]);
});

it("a value that leaves on the way, or as it was", () => {
  expect(inPlace(({ v, x }) => ({ v: v.mul(0.9).add(x), y: v }))).toEqual([]);
  expect(
    inPlace(({ v, x }) => {
      const half = v.mul(0.5);
      return { v: half.add(x), y: half };
    }),
  ).toEqual([]);
  expect(inPlace(({ v, x }) => ({ v: v.add(x), y: v.mul(2).sum() }))).toEqual([]);
});

it("variables that change places, stay as they are, or share a value", () => {
  expect(inPlace(({ v, w }) => ({ v: w, w: v }))).toEqual([]);
  expect(inPlace(({ v }) => ({ v: v.reshape([4, 4]) }))).toEqual([]);
  expect(inPlace(({ v, w, x }) => ({ v: x.add(v), w: v.mul(w) }))).toEqual(["w"]);
  expect(
    inPlace(({ v, w }) => {
      const both = v.add(w);
      return { v: both, w: both };
    }),
  ).toEqual([]);
});

it("other places of the old value: broadcast, moved, cut", () => {
  expect(inPlace(({ v }) => ({ v: v.add(transpose(v)) }))).toEqual([]);
  expect(inPlace(({ v }) => ({ v: v.mul(v.sum()) }))).toEqual([]);
  expect(inPlace(({ v }) => ({ v: v.add(narrow(v, 0, 1, 1)) }))).toEqual([]);
});

it("activations: what ONNX Runtime makes of several operations reads twice", () => {
  expect(inPlace(({ v }) => ({ v: v.mul(v.sigmoid()) }))).toEqual([]);
});

it("beside what may fail only where that comes first", () => {
  expect(inPlace(({ v, x, i }) => ({ v: v.add(x), y: gather(x, i) }))).toEqual([]);
  expect(inPlace(({ v, x, i }) => ({ v: v.add(gather(x, i)) }))).toEqual(["v"]);
});

it("after a Loop: whatever is computed, unless an old value leaves the body", () => {
  expect(inPlace(({ v, w, x }) => ({ v: v.sub(matmul(v, x)), w: w.mul(v) }), true)).toEqual(["v", "w"]);
  expect(inPlace(({ v, w, x }) => ({ v: v.add(x), w: w.mul(2), y: v }), true)).toEqual(["w"]);
  expect(inPlace(({ v, x }) => ({ v: v.add(x), w: v.reshape([4, 4]) }), true)).toEqual([]);
  expect(inPlace(({ v, w }) => ({ v: w, w: v }), true)).toEqual([]);
});
