import { describe, expect, it } from "vitest";
import {
  constant,
  mul,
  newTrace,
  type Tensor,
  type Trace,
  topologicalOrder,
  type Variable,
  withTrace,
} from "../tensor/index.ts";
import { type AdamOptions, adam, adamw } from "./adam.ts";
import { sgd } from "./sgd.ts";

const variable = (name: string, shape: number[] = [4]): Variable => ({
  name,
  shape,
  dtype: "float32",
  trainable: true,
  init: () => new Float32Array(4),
});

function traced(body: () => void): Trace {
  const trace = newTrace("step");
  withTrace(trace, body);
  return trace;
}

const gradient = (): Tensor => constant([1, 2, 3, 4]);
const assigned = (trace: Trace): string[] => [...trace.assigns.keys()].map((v) => v.name).sort();

/** Operations on whole parameters in the new values of a step. */
function passes(options: AdamOptions): number {
  const w = variable("G/w");
  const trace = traced(() => adam(options).update([w], [gradient()]));
  const order = topologicalOrder([...trace.assigns.values()]);
  const leaves = new Set(["variable", "assigned", "constant"]);
  return order.filter((t) => t.size === 4 && !leaves.has(t.op.name)).length;
}

describe("adam", () => {
  it("names its state after itself, the parameter and the slot, and counts per network", () => {
    const trace = traced(() =>
      adam({ lr: 1 }).update([variable("G/a"), variable("G/b")], [gradient(), gradient()]),
    );
    expect(assigned(trace)).toEqual([
      "G/a",
      "G/b",
      "adam/G/a/m",
      "adam/G/a/v",
      "adam/G/b/m",
      "adam/G/b/v",
      "adam/G/step",
    ]);
    const two = traced(() =>
      adam({ lr: 1, name: "second" }).update([variable("E/a"), variable("G/a")], [gradient(), gradient()]),
    );
    expect(assigned(two)).toContain("second/E+G/step");
  });

  it("keeps its state variables from trace to trace", () => {
    const [w, optimizer] = [variable("G/w"), adam({ lr: 1 })];
    const [first, second] = [0, 1].map(() => traced(() => optimizer.update([w], [gradient()])));
    expect([...second!.reads.keys()]).toEqual([...first!.reads.keys()]);
  });

  it("takes ten elementwise passes, and fewer without the mean of gradients", () => {
    expect(passes({ lr: 1e-3 })).toBe(10);
    expect(passes({ lr: () => mul(constant(1e-3), 2) })).toBe(10);
    expect(passes({ lr: 1e-3, beta1: 0 })).toBe(8);
  });

  it("has no state for a mean with beta1 = 0", () => {
    const trace = traced(() => adam({ lr: 1, beta1: 0 }).update([variable("G/w")], [gradient()]));
    expect(assigned(trace)).toEqual(["G/w", "adam/G/step", "adam/G/w/v"]);
  });

  it("refuses decays outside [0, 1)", () => {
    expect(() => adam({ lr: 1, beta1: 1 })).toThrow("adam: beta1 is 1, expected 0 ≤ beta1 < 1.");
    expect(() => adamw({ lr: 1, beta2: -0.1 })).toThrow("adamw: beta2 is -0.1");
  });
});

describe("update", () => {
  const update = (parameters: Variable[], gradients: Tensor[]) => () =>
    traced(() => sgd({ lr: 1 }).update(parameters, gradients));

  it("refuses gradients that do not belong to the parameters", () => {
    expect(update([], [])).toThrow("sgd: there is no parameter to update; call the network once");
    expect(update([variable("G/w")], [])).toThrow("got 1 parameters and 0 gradients");
    expect(update([variable("G/w", [2, 2])], [gradient()])).toThrow(
      "G/w is float32[2, 2] and its gradient float32[4]",
    );
  });

  it("keeps no state for plain gradient descent", () => {
    const trace = traced(() => sgd({ lr: 1 }).update([variable("G/w")], [gradient()]));
    expect(assigned(trace)).toEqual(["G/w"]);
  });

  it("refuses nesterov without momentum", () => {
    expect(() => sgd({ lr: 1, nesterov: true })).toThrow("nesterov needs a momentum");
  });
});
