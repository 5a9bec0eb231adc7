/** Runs samplers and variational inference for claims: chains as numbers, Gaussians fitted by gradients. */
import {
  type Conditional,
  factorOf,
  type GaussianApproximation,
  gaussianElbo,
  gibbsSweep,
} from "../../math/index.ts";
import { initializers, network, parameter } from "../../nn/index.ts";
import { adam, cosineDecay, minimize } from "../../optim/index.ts";
import { compile, type Value } from "../../runtime/index.ts";
import { normal, ones, stack, type Tensor } from "../../tensor/index.ts";
import type { Lab } from "../lab.node.ts";
import type { LogDensity } from "./posteriors.ts";

/** Transitions in one call of the device. */
const inACall = 50;

export interface Chain {
  /** Where each chain was after each transition: [steps, n, d]. */
  readonly z: Float32Array;
  readonly steps: number;
  readonly chains: number;
  readonly dimensions: number;
  /** Mean acceptance of all proposals. */
  readonly acceptance: number;
  /** Seconds that the transitions took, without compiling. */
  readonly seconds: number;
}

export interface ChainPlan {
  readonly name: string;
  readonly steps: number;
  /** Where the chains begin: [n, d]. */
  readonly start: Value;
}

/** n chains that begin at 0: [n, d]. */
export const origin = (chains: number, d: number): Value => ({
  data: new Float32Array(chains * d),
  shape: [chains, d],
});

/** The largest deviation from the truth, in percent of it. */
export const worst = (values: ArrayLike<number>, truth: number): number =>
  Math.max(...Array.from(values, (v) => 100 * Math.abs(v / truth - 1)));

/** Runs a transition of n chains; `steps` is rounded up to whole calls. */
export async function runChain(
  lab: Lab,
  transition: (z: Tensor) => { readonly z: Tensor; readonly acceptance?: Tensor },
  { name, steps, start }: ChainPlan,
): Promise<Chain> {
  const walk = compile(
    (z: Tensor) => {
      const places: Tensor[] = [];
      const accepted: Tensor[] = [];
      for (let at = z; places.length < inACall; at = places.at(-1)!) {
        const next = transition(at);
        places.push(next.z);
        if (next.acceptance) accepted.push(next.acceptance);
      }
      return {
        z: places.at(-1)!,
        places: stack(places),
        acceptance: accepted.length > 0 ? stack(accepted).mean() : ones([]),
      };
    },
    { runtime: lab.runtime, name, training: false },
  );
  const [chains, dimensions] = start.shape as readonly [number, number];
  const calls = Math.ceil(steps / inACall);
  const z = new Float32Array(calls * inACall * chains * dimensions);
  let [at, acceptance] = [start, 0];
  await walk.prepare(start);
  const began = performance.now();
  for (let call = 0; call < calls; call++) {
    const next = await walk(at);
    z.set(next.places.data as Float32Array, call * next.places.data.length);
    acceptance += Number(next.acceptance.data[0]) / calls;
    at = next.z;
  }
  const seconds = (performance.now() - began) / 1000;
  return { z, steps: calls * inACall, chains, dimensions, acceptance, seconds };
}

/** Coordinate j of one chain over time. */
export function coordinate({ z, steps, chains, dimensions }: Chain, j: number, chain = 0): Float64Array {
  return Float64Array.from({ length: steps }, (_, t) => z[(t * chains + chain) * dimensions + j]!);
}

/** Mean [d] and covariance [d, d] over all chains and steps from `first` on. */
export function momentsOf({ z, steps, chains, dimensions: d }: Chain, first = 0) {
  const n = (steps - first) * chains;
  const mean = new Float64Array(d);
  const covariance = new Float64Array(d * d);
  const from = first * chains * d;
  for (let i = from; i < z.length; i++) mean[i % d]! += z[i]! / n;
  for (let row = from; row < z.length; row += d)
    for (let i = 0; i < d; i++)
      for (let j = 0; j < d; j++)
        covariance[i * d + j]! += ((z[row + i]! - mean[i]!) * (z[row + j]! - mean[j]!)) / n;
  return { mean, covariance };
}

/** A sweep of Gibbs sampling over N(0, [[1, ρ], [ρ, 1]]). */
export function correlatedGibbs(rho: number): (z: Tensor) => { readonly z: Tensor } {
  const given =
    (other: number): Conditional =>
    (z) =>
      z
        .narrow(1, other, 1)
        .mul(rho)
        .add(normal([z.shape[0]!, 1], { std: Math.sqrt(1 - rho ** 2) }));
  return (z) => ({ z: gibbsSweep([given(1), given(0)], z) });
}

export interface Fitted {
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
  /** Standard deviations on L's diagonal: of each coordinate, for a mean field. */
  readonly std: Float64Array;
  /** The mean after each update: [steps, d]. */
  readonly path: Float64Array;
  /** Seconds that the updates took, without compiling. */
  readonly seconds: number;
}

export interface FitPlan {
  readonly name: string;
  readonly dimensions: number;
  readonly family: "mean-field" | "full-rank";
  readonly steps: number;
  /** Draws of z for each gradient. */
  readonly draws: number;
  readonly lr: number;
  /** First mean. Default 0. */
  readonly start?: readonly number[];
  /** First standard deviation of every coordinate. Default 1. */
  readonly startStd?: number;
}

/** Maximises the ELBO over Gaussians by reparametrised gradients: Adam, its rate falling to 0. */
export async function fitGaussian(lab: Lab, logDensity: LogDensity, plan: FitPlan): Promise<Fitted> {
  const { name, dimensions: d, family, steps, draws, lr, startStd = 1 } = plan;
  const start = plan.start ?? new Array<number>(d).fill(0);
  const q = network(name, (): GaussianApproximation => {
    const mean = parameter("mean", [d], () => Float32Array.from(start));
    const logStd = parameter("logStd", [d], initializers.constant(Math.log(startStd)));
    if (family === "mean-field") return { mean, logStd };
    return { mean, logStd, lower: parameter("lower", [d, d], initializers.zeros) };
  });
  const optimizer = adam({ lr: cosineDecay(lr, steps) });
  const update = compile(
    () => {
      minimize(gaussianElbo(logDensity, q(), draws).neg(), q, optimizer);
      return { mean: q().mean, factor: factorOf(q()) };
    },
    { runtime: lab.runtime, name, training: true },
  );
  const path = new Float64Array(steps * d);
  let factor = new Float64Array(d * d);
  await update.prepareMany();
  const began = performance.now();
  for (let done = 0; done < steps; ) {
    const results = await update.many(Array.from({ length: Math.min(100, steps - done) }, (): [] => []));
    for (const { mean } of results) path.set(Float64Array.from(mean.data as Float32Array), done++ * d);
    factor = Float64Array.from(results.at(-1)!.factor.data as Float32Array);
  }
  const seconds = (performance.now() - began) / 1000;
  const std = Float64Array.from({ length: d }, (_, i) => factor[i * d + i]!);
  const covariance = Float64Array.from({ length: d * d }, (_, at) => {
    const [i, j] = [Math.floor(at / d), at % d];
    let total = 0;
    for (let k = 0; k < d; k++) total += factor[i * d + k]! * factor[j * d + k]!;
    return total;
  });
  return { mean: path.slice(-d), covariance, std, path, seconds };
}
