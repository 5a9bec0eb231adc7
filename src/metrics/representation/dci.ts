import { deriveKey, fillPermutation } from "../../tensor/random/index.ts";
import type { Features } from "../features.ts";
import type { Measured } from "../protocol.ts";
import { checkFactors, columnOf, type FactoredCodes } from "./factors.ts";
import { lasso } from "./lasso.ts";
import { standardizer } from "./standardize.ts";

export interface DciOptions {
  /** Of the split into four fifths to fit and one fifth to judge by. */
  readonly seed: number;
  /** α of the lasso on standardised codes and factors. Default 0.01. */
  readonly penalty?: number;
}

/**
 * Disentanglement, completeness and informativeness (Eastwood & Williams 2018, section 2), with L1-regularised linear regression of each
 * factor on the codes, R_cj = |weight|:
 *   D = Σ_c ρ_c (1 − H_K(R_c·/ΣR_c·)), ρ_c = Σ_j R_cj/ΣR: each code tells of one factor;
 *   C = mean_j (1 − H_d(R_·j/ΣR_·j)): each factor is in one code (entropies to base K factors, d codes);
 *   I = mean R² on held-out examples, not below 0.
 * A linear regression sees linear codes: a code that is a curved function of its factor reads less than a forest would give.
 */
export function dci(input: FactoredCodes, { seed, penalty = 0.01 }: DciOptions): Measured[] {
  checkFactors("DCI", input);
  const [train, test] = split(input, seed);
  const [scaleCodes, scaleFactors] = [standardizer(train.codes), standardizer(train.factors)];
  const x = scaleCodes(train.codes);
  const [targets, held] = [scaleFactors(train.factors), scaleFactors(test.factors)];
  const testX = scaleCodes(test.codes);
  const fits = Array.from({ length: input.factors.dimensions }, (_, j) => {
    const weights = lasso(x.data, columnOf(targets, j), { penalty });
    return { weights, explained: Math.max(0, explainedShare(testX, weights, columnOf(held, j))) };
  });
  const importance = fits.map(({ weights }) => weights.map(Math.abs));
  const informativeness = fits.map((f) => f.explained);
  return [
    { name: "disentanglement", value: disentanglement(importance), better: "higher" },
    { name: "completeness", value: completeness(importance), better: "higher" },
    {
      name: "informativeness",
      value: informativeness.reduce((a, b) => a + b, 0) / informativeness.length,
      better: "higher",
      details: { factors: informativeness },
    },
  ];
}

/** importance[j][c]: of code c for factor j. */
function disentanglement(importance: readonly Float64Array[]): number {
  const total = importance.reduce((sum, row) => sum + row.reduce((a, b) => a + b, 0), 0);
  if (total === 0) return 0;
  return importance[0]!.reduce((score, _, c) => {
    const row = Float64Array.from(importance, (of) => of[c]!);
    const sum = row.reduce((a, b) => a + b, 0);
    return sum === 0 ? score : score + (sum / total) * concentration(row, sum);
  }, 0);
}

function completeness(importance: readonly Float64Array[]): number {
  const scores = importance.map((row) => {
    const sum = row.reduce((a, b) => a + b, 0);
    return sum === 0 ? 0 : concentration(row, sum);
  });
  return scores.reduce((a, b) => a + b, 0) / scores.length;
}

/** 1 − H(shares)/log(size): 1 for all in one, 0 for equal shares. */
function concentration(values: Float64Array, sum: number): number {
  if (values.length === 1) return 1;
  const entropy = values.reduce((h, v) => (v === 0 ? h : h - (v / sum) * Math.log(v / sum)), 0);
  return 1 - entropy / Math.log(values.length);
}

/** R² = 1 − Σ(y − Xw)²/Σ(y − ȳ)². */
function explainedShare({ data, count, dimensions: d }: Features, w: Float64Array, y: Float64Array): number {
  const mean = y.reduce((a, b) => a + b, 0) / count;
  let [left, all] = [0, 0];
  for (let i = 0; i < count; i++) {
    let prediction = 0;
    for (let c = 0; c < d; c++) prediction += data[i * d + c]! * w[c]!;
    left += (y[i]! - prediction) ** 2;
    all += (y[i]! - mean) ** 2;
  }
  return all === 0 ? 0 : 1 - left / all;
}

function split({ codes, factors }: FactoredCodes, seed: number): [FactoredCodes, FactoredCodes] {
  const order = new Int32Array(codes.count);
  fillPermutation(order, deriveKey(seed, "dci", "split"));
  const cut = Math.max(1, Math.floor(0.8 * order.length));
  const part = (rows: Int32Array): FactoredCodes => ({
    codes: take(codes, rows),
    factors: take(factors, rows),
  });
  return [part(order.subarray(0, cut)), part(order.subarray(cut))];
}

function take({ data, dimensions: d }: Features, rows: Int32Array): Features {
  const out = new Float64Array(rows.length * d);
  rows.forEach((row, i) => {
    out.set(data.subarray(row * d, (row + 1) * d), i * d);
  });
  return { data: out, count: rows.length, dimensions: d };
}
