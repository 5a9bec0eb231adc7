/** A discriminator trained on samples approaches D* = p/(p + q), and its value bounds the Jensen–Shannon divergence from below. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Density,
  type DiscriminatorGap,
  discriminatorGap,
  gridDensity,
  mixtureDensity,
  normalDensity,
  optimalLogit,
} from "../../src/math/information/index.ts";
import { dense, mlp, network } from "../../src/nn/index.ts";
import { adam, minimize } from "../../src/optim/index.ts";
import { type Compiled, compile, createRuntime } from "../../src/runtime/index.ts";
import {
  add,
  bernoulli,
  mean,
  mul,
  neg,
  normal,
  softplus,
  sub,
  type Tensor,
  tanh,
} from "../../src/tensor/index.ts";

const runtime = createRuntime({ device: "cpu", seed: 1 });
afterAll(() => runtime.dispose());

const batch = 512;
type Sample = () => Tensor; // [batch, 1]
type Discriminator = (x: Tensor) => Tensor;

/** One step of Adam up the value log D(x) + log(1 − D(x̃)), D given by its logit. */
function ascend(name: string, logit: Discriminator, real: Sample, fake: Sample, lr: number) {
  const D = network(name, logit);
  const step = compile(
    () => {
      const loss = mean(add(softplus(neg(D(real()))), softplus(D(fake()))));
      minimize(loss, D, adam({ lr, name: `${name}-adam` }));
      return loss;
    },
    { runtime, name: `${name} step` },
  );
  return { step, logits: compile((x: Tensor) => D(x), { runtime, name: `${name} logits` }) };
}

/** The logits on a fine grid, joined by straight lines: the integrals then need no call of the engine. */
async function tabulate(logits: Compiled<Discriminator>): Promise<(x: number) => number> {
  const [low, high, cells] = [-20, 20, 8000];
  const x = Float32Array.from({ length: cells + 1 }, (_, i) => low + (i * (high - low)) / cells);
  const { data } = await logits({ data: x, shape: [cells + 1, 1] });
  return (at) => {
    const place = (Math.min(high, Math.max(low, at)) - low) * (cells / (high - low));
    const i = Math.min(cells - 1, Math.floor(place));
    return Number(data[i]) + (place - i) * (Number(data[i + 1]) - Number(data[i]));
  };
}

/** As discriminatorGap, by sums over a fine grid: a broken line has too many kinks for adaptive quadrature. */
function gapOf(
  p: Density,
  q: Density,
  logit: (x: number) => number,
): Pick<DiscriminatorGap, "value" | "meanError"> {
  const axes = [{ low: -20, high: 20, cells: 16000 }];
  const [gp, gq] = [p, q].map((d) => gridDensity((x) => d.logDensity(x[0]!), axes));
  const exact = optimalLogit(p, q);
  let [value, meanError] = [0, 0];
  gp!.logDensities.forEach((a, i) => {
    const x = -20 + (i + 0.5) * gp!.volume;
    const [wp, wq] = [Math.exp(a) * gp!.volume, Math.exp(gq!.logDensities[i]!) * gp!.volume];
    const d = 1 / (1 + Math.exp(-logit(x)));
    value += (wp === 0 ? 0 : wp * Math.log(d)) + (wq === 0 ? 0 : wq * Math.log1p(-d));
    meanError += ((wp + wq) / 2) * Math.abs(d - 1 / (1 + Math.exp(-exact(x))));
  });
  return { value, meanError };
}

describe("an MLP 1-32-32-1 (tanh) on two modes against N(0, 1.5²)", () => {
  const p = mixtureDensity([1, 1], [normalDensity(-2, 0.5), normalDensity(2, 0.5)]);
  const q = normalDensity(0, 1.5);
  const exact = discriminatorGap(p, q, optimalLogit(p, q));
  const real: Sample = () => add(sub(mul(bernoulli(0.5, [batch, 1]), 4), 2), mul(normal([batch, 1]), 0.5));
  const fake: Sample = () => mul(normal([batch, 1]), 1.5);
  const { step, logits } = ascend("mlp", (x) => dense(mlp(x, [32, 32], tanh), 1), real, fake, 3e-3);
  const after: { [steps: number]: ReturnType<typeof gapOf> } = {};

  beforeAll(async () => {
    let done = 0;
    for (const steps of [50, 500, 2000]) {
      await step.many(Array.from({ length: steps - done }, () => []));
      done = steps;
      after[steps] = gapOf(p, q, await tabulate(logits));
    }
  });

  it("is within 0.015 of D* in the mean over the mixture after 2,000 steps, and was far at first", () => {
    expect(after[50]!.meanError).toBeGreaterThan(0.03);
    expect(after[500]!.meanError).toBeLessThan(after[50]!.meanError);
    expect(after[2000]!.meanError).toBeLessThanOrEqual(0.015);
  });

  it("bounds JS from below all along, at the end within 0.01", () => {
    for (const steps of [50, 500, 2000])
      expect((after[steps]!.value + Math.log(4)) / 2).toBeLessThanOrEqual(exact.jensenShannon);
    expect((after[2000]!.value + Math.log(4)) / 2).toBeGreaterThan(exact.jensenShannon - 0.01);
  });
});

describe("logistic regression on N(1.5, 1) against N(0, 1)", () => {
  it("finds slope and intercept of the linear logit within 5 %", async () => {
    const real: Sample = () => add(normal([batch, 1]), 1.5);
    const { step, logits } = ascend(
      "line",
      (x) => dense(x, 1),
      real,
      () => normal([batch, 1]),
      1e-2,
    );
    await step.many(Array.from({ length: 1500 }, () => []));
    const logit = await tabulate(logits);
    expect(Math.abs((logit(1) - logit(0)) / 1.5 - 1)).toBeLessThan(0.05);
    expect(Math.abs(logit(0) / -1.125 - 1)).toBeLessThan(0.05);
  });
});
