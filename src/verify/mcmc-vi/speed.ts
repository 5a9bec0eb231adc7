/** How long samplers and variational inference take to the mean, and what the faster one gives up. */
import {
  effectiveSampleSize,
  hmcTransition,
  langevinTransition,
  metropolisTransition,
} from "../../math/index.ts";
import { uniform } from "../../tensor/index.ts";
import type { Finding } from "../claim.ts";
import { curvePng } from "../figures/curve-figure.node.ts";
import type { Lab } from "../lab.node.ts";
import { coordinate, fitGaussian, momentsOf, origin, runChain, worst } from "./inference.ts";
import { banana, logisticRegression, regressors } from "./posteriors.ts";

/** An estimate of the mean on its way to the truth. */
interface Way {
  /** Distance from the truth in the truth's size, after each update or transition. */
  readonly errors: Float64Array;
  /** Evaluations of log π̃ or its gradient that each of these takes. */
  readonly evaluations: number;
  /** Seconds of each, the mean. */
  readonly seconds: number;
}

const tolerance = 0.05;

/** The first time from which an estimate stays within 5 % of the truth; Infinity if it ends outside. */
function settled({ errors }: Way): number {
  let first = Number.POSITIVE_INFINITY;
  for (let t = errors.length - 1; t >= 0 && errors[t]! <= tolerance; t--) first = t + 1;
  return first;
}

function errorsOf(estimate: (t: number) => ArrayLike<number>, count: number, truth: ArrayLike<number>) {
  const norm = (f: (i: number) => number): number =>
    Math.hypot(...Array.from({ length: truth.length }, (_, i) => f(i)));
  const size = norm((i) => truth[i]!);
  return Float64Array.from({ length: count }, (_, t) => {
    const now = estimate(t);
    return norm((i) => now[i]! - truth[i]!) / size;
  });
}

/** A mean field and a Metropolis chain on the way to the mean of a Bayesian logistic regression, by long Hamiltonian chains. */
async function race(lab: Lab): Promise<{ readonly vi: Way; readonly walk: Way; readonly note: string }> {
  const target = logisticRegression(lab.seed);
  const d = regressors;
  const hmc = await runChain(
    lab,
    (z) =>
      hmcTransition(target, z, {
        stepSize: uniform([z.shape[0]!], { low: 0.08, high: 0.14 }),
        leapfrogSteps: 8,
      }),
    { name: "reference", steps: 1500, start: origin(16, d) },
  );
  const { mean: truth } = momentsOf(hmc, 200);
  const [draws, steps] = [2, 400];
  const plan = { dimensions: d, family: "mean-field", steps, draws, lr: 0.1 } as const;
  const { path, seconds } = await fitGaussian(lab, target, { name: "logistic", ...plan });
  const chain = await runChain(lab, (z) => metropolisTransition(target, z, { stepSize: 0.12 }), {
    name: "walk",
    steps: 20_000,
    start: origin(1, d),
  });
  const sums = new Float64Array(d * chain.steps);
  chain.z.forEach((v, i) => {
    sums[i] = v + (i >= d ? sums[i - d]! : 0);
  });
  const mean = (t: number): Float64Array => sums.slice(d * t, d * t + d).map((v) => v / (t + 1));
  return {
    vi: {
      errors: errorsOf((t) => path.subarray(d * t, d * t + d), steps, truth),
      ...{ evaluations: draws, seconds: seconds / steps },
    },
    walk: {
      errors: errorsOf(mean, chain.steps, truth),
      ...{ evaluations: 1, seconds: chain.seconds / chain.steps },
    },
    note: `Seed ${lab.seed}: effective sample size of 20,000 steps ${effectiveSampleSize(coordinate(chain, 0)).toFixed(0)}, acceptance ${chain.acceptance.toFixed(2)}.`,
  };
}

/** Evaluations of log π̃ or its gradient until the mean is right to 5 %. */
export async function speed(lab: Lab): Promise<Finding> {
  const { vi, walk, note } = await race(lab);
  const byWalk = settled(walk) * walk.evaluations;
  const baseline = { name: "evaluations of Metropolis", value: byWalk };
  return { value: settled(vi) * vi.evaluations, below: byWalk, baseline, note };
}

/** Milliseconds until then, one chain and two draws at a time on this computer, without compiling. */
export async function time(lab: Lab): Promise<Finding> {
  const { vi, walk } = await race(lab);
  const byWalk = 1000 * settled(walk) * walk.seconds;
  const baseline = { name: "milliseconds of Metropolis", value: byWalk };
  return { value: 1000 * settled(vi) * vi.seconds, below: byWalk, baseline };
}

/** Both errors over the logarithm of the evaluations, as heights from 0 to 1. */
export async function racePanel(lab: Lab, size: number): Promise<Buffer> {
  const { vi, walk } = await race(lab);
  const high = Math.log10(walk.errors.length);
  const curve = ({ errors, evaluations }: Way): Float64Array =>
    Float64Array.from({ length: 400 }, (_, i) => {
      const t = Math.floor(10 ** ((high * (i + 0.5)) / 400) / evaluations) - 1;
      return Math.min(1, errors[Math.max(0, Math.min(errors.length - 1, t))]!);
    });
  const curves = [
    { density: curve(vi), colour: "#0b5cad" },
    { density: curve(walk), colour: "#d55e00" },
    { density: new Float64Array(400).fill(tolerance), colour: "#999" },
  ];
  const ticks = [10, 100, 1000, 10_000].map(Math.log10);
  return await curvePng({ low: 0, high, curves, ticks, title: "error of the mean by evaluations" }, size);
}

/** E and Var of the bent coordinate by each sampler with a gradient: largest deviation of a variance, in percent. */
export async function bent(lab: Lab): Promise<Finding> {
  const [steps, truth] = [3000, 0.75];
  const hmc = await runChain(
    lab,
    (z) =>
      hmcTransition(banana, z, {
        stepSize: uniform([z.shape[0]!], { low: 0.2, high: 0.4 }),
        leapfrogSteps: 10,
      }),
    { name: "banana hmc", steps, start: origin(16, 2) },
  );
  const mala = await runChain(lab, (z) => langevinTransition(banana, z, { stepSize: 0.5 }), {
    name: "banana mala",
    steps: 10_000,
    start: origin(16, 2),
  });
  const variances = [hmc, mala].map((chain) => momentsOf(chain, 500).covariance[3]!);
  const plan = { dimensions: 2, family: "mean-field", steps: 1500, draws: 32, lr: 0.05 } as const;
  const { std } = await fitGaussian(lab, banana, { name: "banana", ...plan });
  const rates = [hmc, mala].map((chain) => effectiveSampleSize(coordinate(chain, 1)) / chain.steps);
  return {
    value: worst(variances, truth),
    baseline: { name: "mean field", value: worst([std[1]! ** 2], truth) },
    note: `Seed ${lab.seed}: HMC ${variances[0]!.toFixed(2)}, Langevin ${variances[1]!.toFixed(2)}; effective samples per transition ${rates.map((r) => r.toFixed(3)).join(" and ")}, acceptance ${hmc.acceptance.toFixed(2)} and ${mala.acceptance.toFixed(2)}.`,
  };
}
