/** Which sums of padded parts become one concatenation; that they keep their values is tested in test/laws/optimizer.test.ts. */
import { describe, expect, test } from "vitest";
import { grad, inputTensor, newTrace, type Tensor, topologicalOrder, withTrace } from "../../tensor/index.ts";
import { rewrite } from "../rewrite.ts";
import { joinPads } from "./join-pads.ts";

/** How often each operation occurs behind the pass. */
function operations(formula: (x: Tensor) => Tensor): { readonly [op: string]: number } {
  const outputs = withTrace(newTrace("t"), () => {
    const y = formula(inputTensor("x", [2, 12], "float32"));
    return rewrite([y], joinPads([y]));
  });
  const counts: { [op: string]: number } = {};
  for (const { op } of topologicalOrder(outputs)) counts[op.name] = (counts[op.name] ?? 0) + 1;
  return counts;
}
const padded = (x: Tensor, start: number, length: number): Tensor =>
  x.narrow(1, 0, length).pad([[start, 12 - start - length]]);

describe("joinPads", () => {
  test("the derivative of an unrolled recurrence joins the steps once", () => {
    const counts = operations((x) => {
      const steps = x.unstack(1);
      const h = steps.slice(1).reduce((state, step) => state.mul(step).tanh(), steps[0]!);
      return grad(h.sum(), [x])[0]!;
    });
    expect(counts).toMatchObject({ concat: 1 });
    expect(counts["pad"]).toBeUndefined();
    expect(counts["add"]).toBeUndefined();
  });

  test("gaps are filled with zeros, and the order of the terms does not matter", () => {
    const counts = operations((x) =>
      padded(x, 9, 2)
        .add(padded(x, 0, 3))
        .add(x)
        .add(padded(x, 5, 2)),
    );
    expect(counts).toMatchObject({ concat: 1, add: 1 });
    expect(counts["pad"]).toBeUndefined();
  });

  test("parts that overlap stay apart", () => {
    const counts = operations((x) =>
      padded(x, 0, 6)
        .add(padded(x, 4, 6))
        .add(padded(x, 6, 6)),
    );
    expect(counts).toMatchObject({ concat: 1, pad: 1, add: 1 });
  });

  test.each<[string, (x: Tensor) => Tensor]>([
    ["pads of another value", (x) => padded(x, 0, 6).add(x.narrow(1, 0, 6).pad([[6, 0]], { value: 1 }))],
    [
      "pads that broadcast",
      (x) =>
        x
          .narrow(0, 0, 1)
          .pad([[6, 6]])
          .narrow(1, 0, 12)
          .pad([
            [1, 0],
            [0, 0],
          ])
          .add(padded(x, 6, 6)),
    ],
    ["a single part", (x) => padded(x, 0, 6).add(x)],
  ])("%s are left alone", (_, formula) => {
    expect(operations(formula)["concat"]).toBeUndefined();
  });

  test("a sum that is also used elsewhere is joined for itself", () => {
    const counts = operations((x) => {
      const partial = padded(x, 0, 6).add(padded(x, 6, 3));
      return partial.mul(partial.add(padded(x, 9, 3)));
    });
    expect(counts["concat"]).toBe(1);
  });
});
