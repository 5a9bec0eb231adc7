import { describe, expect, it } from "vitest";
import { UserError } from "../errors.ts";
import { grad, topologicalOrder } from "../grad.ts";
import { inputTensor } from "../variable.ts";
import { elu, leakyRelu, prelu } from "./activations.ts";
import { add, mul } from "./binary.ts";
import { customGradient, straightThrough } from "./custom-gradient.ts";
import { sum } from "./reduce.ts";
import { exp, round } from "./unary.ts";

const x = (...shape: number[]) => inputTensor("x", shape, "float32");
const uses = (root: Parameters<typeof topologicalOrder>[0][number], name: string) =>
  topologicalOrder([root]).some((t) => t.op.name === name);

describe("customGradient", () => {
  it("uses the given derivative and not that of the formula", () => {
    const t = x(3);
    const f = customGradient(
      (a) => exp(a),
      (g, _, a) => [mul(g, round(a))],
    );
    const [d] = grad(sum(f(t)), [t]);
    expect(uses(d!, "round")).toBe(true);
    expect(uses(d!, "exp")).toBe(false);
  });

  it("checks what backward returns", () => {
    const t = x(3);
    const wrong = customGradient(
      (a) => exp(a),
      (g) => [sum(g)],
    );
    expect(() => grad(sum(wrong(t)), [t])).toThrow(UserError);
    const none = customGradient(
      (a) => exp(a),
      () => [],
    );
    expect(() => grad(sum(none(t)), [t])).toThrow("backward returned nothing");
  });

  it("passes null as no derivative", () => {
    const [a, b] = [x(3), inputTensor("b", [3], "float32")];
    const f = customGradient(
      (p, q) => add(p, q),
      (g) => [g, null],
    );
    expect(() => grad(sum(f(a, b)), [b])).toThrow("does not depend");
  });
});

describe("straightThrough", () => {
  it("hands the derivative to its second argument alone", () => {
    const t = x(3);
    const y = straightThrough(round(t), t);
    expect(uses(grad(sum(y), [t])[0]!, "round")).toBe(false);
    expect(() => straightThrough(x(2), x(3))).toThrow("expected one shape and type");
  });
});

describe("activations", () => {
  it("keep the shape and want floats", () => {
    expect(leakyRelu(x(2, 3)).shape).toEqual([2, 3]);
    expect(() => elu(inputTensor("i", [2], "int32"))).toThrow("elu: got int32, expected float32");
  });

  it("take slopes per channel", () => {
    expect(prelu(x(2, 3, 4, 4), x(3)).shape).toEqual([2, 3, 4, 4]);
    expect(() => prelu(x(2, 3, 4, 4), x(4))).toThrow("expected one for each of its 3 channels");
  });
});
