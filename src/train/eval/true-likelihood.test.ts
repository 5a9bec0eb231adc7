import { expect, test } from "vitest";
import { pointSet } from "../../data/points/point-sets.ts";
import type { Likelihood } from "../../metrics/likelihood/index.ts";
import { withTruth } from "./true-likelihood.ts";

const found = (unit: string, examples: number): Likelihood => ({
  nats: new Float64Array(examples),
  scores: [
    {
      ...{ name: "log-likelihood", value: -2, better: "higher", unit },
      protocol: { metric: "log-likelihood", convention: "", real: examples },
    } as Likelihood["scores"][number],
  ],
});

test("the floor is the mean true log p of the examples looked at, and the entropy is named", () => {
  const { train } = pointSet("moons", { length: 500 });
  const x = new Float32Array(1000);
  train.read(
    Array.from({ length: 500 }, (_, i) => i),
    x,
  );
  let mean = 0;
  for (let i = 0; i < 500; i++) mean += train.logProb!(x.subarray(2 * i, 2 * i + 2)) / 500;
  const [score] = withTruth(found("nats", 500), train, true);
  expect(score!.floor).toBeCloseTo(mean, 10);
  expect(score!.note).toContain("1.00758 nats");
  expect(withTruth(found("nats", 20), train, true)[0]!.floor).not.toBeCloseTo(mean, 3);
});

test("without a known distribution nothing changes; nor for densities of pictures", () => {
  const { train } = pointSet("moons", { length: 10 });
  const { logProb, entropy, ...unknown } = train;
  expect(withTruth(found("nats", 10), unknown, true)).toEqual(found("nats", 10).scores);
  const pictures = { ...train, kind: "image" as const, shape: [1, 1, 2] };
  expect(withTruth(found("nats", 10), pictures, true)).toEqual(found("nats", 10).scores);
  expect(withTruth(found("bits/dim", 10), pictures, false)[0]!.floor).toBeGreaterThan(0);
});
