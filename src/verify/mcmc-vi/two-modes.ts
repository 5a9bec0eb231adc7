/** Two modes: the reverse divergence chooses one, a chain visits both. */
import { effectiveSampleSize, gridDensity, metropolisTransition } from "../../math/index.ts";
import type { Finding } from "../claim.ts";
import type { Lab } from "../lab.node.ts";
import { coordinate, fitGaussian, runChain } from "./inference.ts";
import { twoModes } from "./posteriors.ts";

/** Share of a normal's mass on the side of 0 where its mean is not. */
function massBeyond(mean: number, std: number): number {
  const line = gridDensity(
    (x) => -0.5 * ((x[0]! - Math.abs(mean)) / std) ** 2,
    [{ low: -12, high: 12, cells: 4800 }],
  );
  return line.logDensities.slice(0, 2400).reduce((sum, v) => sum + Math.exp(v) * line.volume, 0);
}

export async function locked(lab: Lab): Promise<Finding> {
  const start = [lab.seed % 2 === 0 ? 0.5 : -0.5, 0];
  const plan = {
    dimensions: 2,
    family: "mean-field",
    steps: 1500,
    draws: 32,
    lr: 0.05,
    start,
    startStd: 0.3,
  } as const;
  const q = await fitGaussian(lab, twoModes, { name: "two-modes", ...plan });
  return {
    value: 100 * massBeyond(q.mean[0]!, q.std[0]!),
    baseline: { name: "the truth", value: 50 },
    note: `Seed ${lab.seed}: q is at ${q.mean[0]!.toFixed(2)} with standard deviation ${q.std[0]!.toFixed(2)}; the modes are at ±2 with 0.6.`,
  };
}

export async function visited(lab: Lab): Promise<Finding> {
  const chain = await runChain(lab, (z) => metropolisTransition(twoModes, z, { stepSize: 1.5 }), {
    name: "two modes",
    steps: 20_000,
    start: { data: Float32Array.of(-2, 0), shape: [1, 2] },
  });
  const left = coordinate(chain, 0).filter((x) => x < 0).length / chain.steps;
  const ess = effectiveSampleSize(coordinate(chain, 0));
  return {
    value: 100 * Math.abs(left - 0.5),
    baseline: { name: "variational inference, in one mode", value: 50 },
    note: `Seed ${lab.seed}: ${(100 * left).toFixed(1)} % of the time left, acceptance ${chain.acceptance.toFixed(2)}, effective sample size ${ess.toFixed(0)}.`,
  };
}
