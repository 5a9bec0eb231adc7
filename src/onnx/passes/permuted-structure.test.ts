import { describe, expect, it } from "vitest";
import { inputTensor, permute, reshape, type Tensor, topologicalOrder } from "../../tensor/index.ts";
import { reshapeAfter, reshapeBefore } from "./permuted-structure.ts";

const x = inputTensor("x", [2, 5, 7, 12], "float32");
/** Where element number `at` of the result comes from, in x's order. */
function sourceOf(t: Tensor, at: number): number {
  if (t === x) return at;
  const from = t.inputs[0]!;
  if (t.op.name === "reshape") return sourceOf(from, at);
  const perm = t.attrs["perm"] as readonly number[];
  const strides = from.shape.map((_, i) => from.shape.slice(i + 1).reduce((a, b) => a * b, 1));
  let rest = at;
  let position = 0;
  for (let i = t.rank - 1; i >= 0; i--) {
    position += (rest % t.shape[i]!) * strides[perm[i]!]!;
    rest = Math.floor(rest / t.shape[i]!);
  }
  return sourceOf(from, position);
}
function expectSame(found: Tensor | undefined, expected: Tensor): void {
  expect(found?.shape).toEqual(expected.shape);
  for (let i = 0; i < expected.size; i++) expect(sourceOf(found!, i)).toBe(sourceOf(expected, i));
}
const first = [0, 3, 1, 2]; // [2, 12, 5, 7]

describe("a reshape behind a permute goes before it", () => {
  it.each([
    ["a new axis", [2, 1, 12, 5, 7]],
    ["channels in groups", [2, 3, 4, 5, 7]],
    ["axes of size 1 at both ends", [1, 2, 12, 5, 7, 1]],
    ["several axes split", [2, 2, 6, 5, 1, 7]],
  ])("%s", (_, shape) => {
    const found = reshapeBefore(x, first, shape);
    expectSame(found, reshape(permute(x, first), shape));
    expect(found!.op.name).toBe("permute");
  });

  it.each([
    ["positions joined", [2, 12, 35]],
    ["all joined", [840]],
    ["an axis that begins in one and ends in another", [2, 20, 3, 7]],
  ])("stays where axes are joined: %s", (_, shape) => {
    expect(reshapeBefore(x, first, shape)).toBeUndefined();
  });
});

it("a permute behind a reshape goes before it where no axis is split", () => {
  const grouped = reshape(x, [2, 35, 12]);
  expectSame(reshapeAfter(x, grouped.shape, [0, 2, 1]), permute(grouped, [0, 2, 1]));
  const dropped = reshapeAfter(reshape(x, [2, 1, 5, 7, 12]), [2, 5, 7, 12], [0, 3, 1, 2]);
  expectSame(dropped, permute(x, [0, 3, 1, 2]));
  expect(topologicalOrder([dropped!]).at(-1)!.op.name).toBe("reshape");
  expect(reshapeAfter(x, [2, 5, 7, 3, 4], [0, 3, 4, 1, 2])).toBeUndefined();
});
