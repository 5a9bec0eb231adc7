/** Energy-based models of few units against the whole distribution of their data: every picture, none sampled. */
import type { Dataset } from "../data/dataset.ts";
import {
  type RbmParameters,
  rbmLogPartition,
  rbmLogUnnormalized,
  softplusOf,
} from "../metrics/likelihood/index.ts";
import { sizeOf, UserError } from "../tensor/index.ts";
import type { OpenRun } from "../train/open-run.node.ts";
import type { Lab } from "./lab.node.ts";

/** All pictures of a set of binary pictures that can occur, and how often each does. */
export interface Support {
  /** Pixels −1 and 1: [count, dimensions], row after row. */
  readonly x: Float32Array;
  readonly count: number;
  readonly dimensions: number;
  /** Of each picture; they sum to 1. */
  readonly probabilities: Float64Array;
  readonly shape: readonly number[];
}

/** Enumerates the pictures of a set whose log p is known. Throws (UserError) above 16 pixels. */
export function supportOf({ name, shape, logProb }: Dataset): Support {
  const dimensions = sizeOf(shape);
  if (!logProb || dimensions > 16)
    throw new UserError(
      `${name} has ${dimensions} pixels, expected at most 16 and a known log p to enumerate it.`,
    );
  const rows: number[] = [];
  const probabilities: number[] = [];
  for (let state = 0; state < 2 ** dimensions; state++) {
    const x = pictureOf(state, dimensions);
    const p = Math.exp(logProb(x));
    if (p === 0) continue;
    rows.push(...x);
    probabilities.push(p);
  }
  const count = probabilities.length;
  const parts = { x: Float32Array.from(rows), probabilities: Float64Array.from(probabilities) };
  return { ...parts, count, dimensions, shape };
}

/** Bit i of `state` as pixel i. */
const pictureOf = (state: number, dimensions: number): Float32Array =>
  Float32Array.from({ length: dimensions }, (_, i) => ((state >> i) & 1 ? 1 : -1));

/** The number of the state whose pixel i is bit i. */
export function stateOf(x: ArrayLike<number>, first: number, dimensions: number): number {
  let state = 0;
  for (let i = 0; i < dimensions; i++) if (x[first + i]! > 0) state |= 1 << i;
  return state;
}

/** The parameters of the restricted Boltzmann machine whose Z a run's model needs. */
export async function rbmOf(lab: Lab, run: OpenRun): Promise<RbmParameters> {
  const { W, b, c } = await lab.compile(run, "rbm parameters", () => run.model.rbm!())();
  const numbers = (data: ArrayLike<unknown>): Float64Array => Float64Array.from(data, Number);
  return { weights: numbers(W.data), visibleBias: numbers(b.data), hiddenBias: numbers(c.data) };
}

/** The model's log p̃ of each picture of the support: exact for rbm, a bound for models of several layers. */
export async function logUnnormalizedOf(lab: Lab, run: OpenRun, support: Support): Promise<Float64Array> {
  const f = lab.compile(run, "log unnormalized", run.model.logUnnormalized!);
  const { data } = await f({ data: support.x, shape: [support.count, ...support.shape] });
  return Float64Array.from(data as Float32Array);
}

/** −Σ p(x) log q(x) over the support, nats, of log q given for each picture. */
export function crossEntropyOf({ probabilities }: Support, logQ: Float64Array): number {
  return -probabilities.reduce((sum, p, i) => sum + p * logQ[i]!, 0);
}

/** The exact negative log-likelihood of the data's distribution under a trained rbm, nats: log Z by enumeration. */
export async function exactNll(lab: Lab, run: OpenRun, support: Support): Promise<number> {
  const logZ = rbmLogPartition(await rbmOf(lab, run));
  return logZ + crossEntropyOf(support, await logUnnormalizedOf(lab, run, support));
}

/**
 * log p̃(x) of each picture under a machine whose first units are the pixels and whose other even layers are summed out too: those
 * of a deep Boltzmann machine given x are another restricted machine, whose log Z is exact.
 */
export function deepLogUnnormalized(rbm: RbmParameters, support: Support): Float64Array {
  const { weights, visibleBias, hiddenBias } = rbm;
  const [pixels, hidden] = [support.dimensions, hiddenBias.length];
  return Float64Array.from({ length: support.count }, (_, n) => {
    const inputs = Float64Array.from(hiddenBias);
    let linear = 0;
    for (let i = 0; i < pixels; i++) {
      if (support.x[n * pixels + i]! < 0) continue;
      linear += visibleBias[i]!;
      for (let j = 0; j < hidden; j++) inputs[j]! += weights[i * hidden + j]!;
    }
    const others = {
      weights: Array.from(weights).slice(pixels * hidden),
      visibleBias: Array.from(visibleBias).slice(pixels),
      hiddenBias: inputs,
    };
    return linear + rbmLogPartition(others);
  });
}

/** log p(x) of each picture under a belief net of one layer below a top machine: the sum over all states of that layer. */
export function beliefNetLogProb(below: RbmParameters, top: RbmParameters, support: Support): Float64Array {
  const [pixels, hidden] = [support.dimensions, below.hiddenBias.length];
  const logZ = rbmLogPartition(top);
  const h = new Uint8Array(hidden);
  const logits = new Float64Array(pixels);
  const sums = new Float64Array(support.count);
  for (let state = 0; state < 2 ** hidden; state++) {
    for (let j = 0; j < hidden; j++) h[j] = (state >> j) & 1;
    let logNone = rbmLogUnnormalized(top, h) - logZ;
    for (let i = 0; i < pixels; i++) {
      let logit = below.visibleBias[i]!;
      for (let j = 0; j < hidden; j++) if (h[j]) logit += below.weights[i * hidden + j]!;
      logits[i] = logit;
      logNone -= softplusOf(logit);
    }
    for (let n = 0; n < support.count; n++) {
      let logJoint = logNone;
      for (let i = 0; i < pixels; i++) if (support.x[n * pixels + i]! > 0) logJoint += logits[i]!;
      sums[n]! += Math.exp(logJoint);
    }
  }
  return sums.map(Math.log);
}

/** log p̃(x) of each picture under a restricted machine, in float64. */
export const visibleLogUnnormalized = (
  rbm: RbmParameters,
  { x, count, dimensions: d }: Support,
): Float64Array =>
  Float64Array.from({ length: count }, (_, n) =>
    rbmLogUnnormalized(
      rbm,
      Uint8Array.from(x.subarray(n * d, (n + 1) * d), (pixel) => (pixel > 0 ? 1 : 0)),
    ),
  );

/** The machine with its two sides exchanged. */
export function transposedRbm({ weights, visibleBias, hiddenBias }: RbmParameters): RbmParameters {
  const [rows, columns] = [visibleBias.length, hiddenBias.length];
  const turned = Float64Array.from(
    { length: rows * columns },
    (_, i) => weights[(i % rows) * columns + Math.floor(i / rows)]!,
  );
  return { weights: turned, visibleBias: hiddenBias, hiddenBias: visibleBias };
}
