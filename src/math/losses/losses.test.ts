import { afterAll, describe, expect, it } from "vitest";
import { compile, createRuntime } from "../../runtime/index.ts";
import { cast, constant, grad, ones, sum, type Tensor, zeros } from "../../tensor/index.ts";
import { accuracy } from "../accuracy.ts";
import { type AdversarialObjective, discriminatorLoss, generatorLoss } from "./adversarial.ts";
import { bce } from "./bce.ts";
import { crossEntropy } from "./cross-entropy.ts";
import { gradientPenalty, r1Penalty } from "./gradient-penalty.ts";
import { hingeLoss } from "./hinge.ts";
import { huber } from "./regression.ts";

const runtime = createRuntime({ device: "cpu", seed: 2 });
afterAll(() => runtime.dispose());

describe("losses from logits", () => {
  it("stay exact for logits of a hundred", async () => {
    const f = compile(
      (x: Tensor) => ({
        one: bce(x, 1, { reduction: "none" }),
        tensor: bce(x, ones([2]), { reduction: "none" }),
        zero: bce(x, 0, { reduction: "none" }),
      }),
      { runtime },
    );
    const { one, zero, tensor } = await f({ data: new Float32Array([100, -100]), shape: [2] });
    expect([...one.data]).toEqual([0, 100]);
    expect([...tensor.data]).toEqual([0, 100]);
    expect([...zero.data]).toEqual([100, 0]);
  });

  it("crossEntropy ignores the scale of the largest logit", async () => {
    const labels = cast(constant([0, 1]), "int32");
    const f = compile((x: Tensor) => crossEntropy(x, labels, { reduction: "none" }), { runtime });
    const { data } = await f({ data: new Float32Array([1000, 0, 0, 1000]), shape: [2, 2] });
    expect([...data]).toEqual([0, 0]);
  });

  it("hingeLoss is Σₖ max(0, 1 − tₖsₖ), and pushes only what is inside a margin", async () => {
    const labels = constant(Int32Array.of(0, 2));
    const f = compile(
      (s: Tensor) => {
        const loss = hingeLoss(s, labels, { reduction: "none" });
        return { loss, gradient: grad(sum(loss), [s])[0]! };
      },
      { runtime },
    );
    // Row 0: label 0 at 0.5 lacks 0.5; −2 is far enough; 0.25 oversteps by 1.25. Row 1: all where they belong.
    const { loss, gradient } = await f({
      data: new Float32Array([0.5, -2, 0.25, -3, -1.5, 2]),
      shape: [2, 3],
    });
    expect([...loss.data]).toEqual([1.75, 0]);
    expect([...gradient.data].map((v) => Number(v) + 0)).toEqual([-1, 0, 1, 0, 0, 0]);
  });

  it("accuracy is the share of rows whose largest score is at the label", async () => {
    const f = compile((s: Tensor) => accuracy(s, constant(Int32Array.of(1, 0, 2))), { runtime });
    const { data } = await f({ data: new Float32Array([0, 1, 0, 0, 1, 0, -3, -2, -1]), shape: [3, 3] });
    expect(data[0]).toBeCloseTo(2 / 3, 6);
    expect(() => accuracy(zeros([3, 4]), constant(Int32Array.of(1, 2)))).toThrow(/expected \[n, classes\]/);
  });

  it("name what does not fit", () => {
    const labels = cast(constant([0, 1]), "int32");
    expect(() => crossEntropy(zeros([3, 4]), labels)).toThrow(
      "crossEntropy: got labels int32[2] for logits [3, 4] with classes on axis 1, expected int32 or int64[3]",
    );
    expect(() => crossEntropy(zeros([3, 4]), zeros([3]))).toThrow(
      "got float32 targets [3] for logits [3, 4]",
    );
    expect(() => huber(zeros([1]), 0, { delta: 0 })).toThrow("delta is 0");
    const objective = "log-loss" as AdversarialObjective;
    expect(() => generatorLoss(zeros([1]), objective)).toThrow(
      'no objective "log-loss"; use one of non-saturating',
    );
    expect(() => discriminatorLoss(zeros([1]), zeros([1]), objective)).toThrow("wasserstein");
  });
});

describe("gradient penalties", () => {
  it("take the gradient between data and samples: a quadratic critic has it at the place itself", async () => {
    // D(x) = x²/2 has the gradient x̂, which lies between 1 and 3, so that the penalty (x̂ − 1)² averages 4/3.
    const critic = (x: Tensor): Tensor => x.square().mul(0.5);
    const f = compile(() => gradientPenalty(critic, ones([20_000, 1]), ones([20_000, 1]).mul(3)), {
      runtime,
    });
    const variance = 16 / 5 - 16 / 9;
    expect(Math.abs(Number((await f()).data[0]) - 4 / 3)).toBeLessThan(4 * Math.sqrt(variance / 20_000));
  });

  it("have finite derivatives where the critic is flat", async () => {
    const f = compile(
      (w: Tensor) => {
        const critic = (x: Tensor): Tensor => x.mul(w);
        const penalty = gradientPenalty(critic, ones([4, 2]), zeros([4, 2]));
        return { penalty, slope: grad(penalty, [w])[0]! };
      },
      { runtime },
    );
    const { penalty, slope } = await f(0);
    expect(penalty.data[0]).toBe(1);
    expect(slope.data[0]).toBe(0);
  });

  it("R1 is half the mean squared gradient", async () => {
    const f = compile(() => r1Penalty((x) => sum(x.mul(constant([3, 4])), 1), ones([5, 2])), { runtime });
    expect((await f()).data[0]).toBe(12.5);
  });

  it("need as many samples as data", () => {
    expect(() => gradientPenalty((x) => x, ones([4, 2]), ones([3, 2]))).toThrow(
      "got real [4, 2] and fake [3, 2]",
    );
  });
});
