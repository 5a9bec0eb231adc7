/**
 * Probabilistic PCA (Tipping & Bishop 1999) with orthogonal columns, inside an autoencoder of this package: the weights of a
 * variational autoencoder without hidden layers are set so that p(x|z) = N(Wz + b, σ²I). Then log p(x) and the posterior are
 * known, the posterior is diagonal as q is, and every bound can be compared with the truth.
 */
import { logDensityOfGaussian } from "../math/index.ts";
import type { Model } from "../models/model.ts";
import { findModel } from "../models/registry.ts";
import type { Runtime, Value } from "../runtime/index.ts";
import { createStream, deriveKey } from "../tensor/random/index.ts";

/** Columns of W, orthogonal to each other, of lengths 2 and 1. */
const W = [
  [1, 1, 1, 1],
  [0.5, -0.5, 0.5, -0.5],
] as const;
const b = [0.5, -1, 0, 2] as const;
const variance = 0.3; // σ²
const [d, k] = [4, 2];

export interface LinearGaussianOptions {
  /** Seed of the examples. */
  readonly seed: number;
  /** How many examples, drawn from the model itself. Default 64. */
  readonly count?: number;
  /** q's mean is off the posterior's by so many of its standard deviations. Default 0. */
  readonly shift?: number;
  /** q's standard deviation in those of the posterior. Default 1. */
  readonly stretch?: number;
}

export interface LinearGaussian {
  readonly model: Model;
  /** Examples [count, 4]. */
  readonly x: Value;
  /** log p(x) of each, nats. */
  readonly logProb: Float64Array;
  /** KL(q(z|x) ‖ p(z|x)), nats: the same for every example. */
  readonly gap: number;
}

/** Builds the model `name` (vae or iwae) and sets its weights in the runtime. */
export async function linearGaussian(
  name: "vae" | "iwae",
  runtime: Runtime,
  { seed, count = 64, shift = 0, stretch = 1 }: LinearGaussianOptions,
): Promise<LinearGaussian> {
  const definition = findModel(name);
  const model = definition.build(definition.options.parse({ latent: k, hidden: [] }), {
    kind: "points",
    shape: [d],
  });
  // p(z|x) = N(M⁻¹Wᵀ(x − b), σ²M⁻¹) with M = WᵀW + σ²I, which is diagonal.
  const M = W.map((w) => w.reduce((sum, v) => sum + v * v, variance));
  const deviation = M.map((m) => Math.sqrt(variance / m));
  const means = W.map((w, j) => w.map((v) => v / M[j]!));
  const offset = means.map((row, j) => shift * deviation[j]! - row.reduce((sum, v, i) => sum + v * b[i]!, 0));
  const s = softplusInverse(Math.log(variance) - floor) + floor;
  const weights: { readonly [variable: string]: readonly [values: number[], shape: number[]] } = {
    "encoder/dense_1/weight": [b.flatMap((_, i) => means.map((row) => row[i]!)), [d, k]],
    "encoder/dense_1/bias": [offset, [k]],
    "encoder/dense_2/weight": [Array<number>(d * k).fill(0), [d, k]],
    "encoder/dense_2/bias": [deviation.map((v) => 2 * Math.log(v * stretch)), [k]],
    "decoder/dense_1/weight": [W.flatMap((w) => [...w, ...Array<number>(d).fill(0)]), [k, 2 * d]],
    "decoder/dense_1/bias": [[...b, ...Array<number>(d).fill(s)], [2 * d]],
  };
  for (const [variable, [values, shape]] of Object.entries(weights))
    await runtime.set(variable, { data: Float32Array.from(values), shape });
  const x = drawn(seed, count);
  const covariance = b.flatMap((_, i) =>
    b.map((__, j) => W.reduce((sum, w) => sum + w[i]! * w[j]!, i === j ? variance : 0)),
  );
  const logDensity = logDensityOfGaussian({ mean: b, covariance });
  return {
    model,
    x: { data: x, shape: [count, d] },
    logProb: Float64Array.from({ length: count }, (_, i) => logDensity(x.subarray(d * i, d * (i + 1)))),
    gap: (k / 2) * (stretch ** 2 + shift ** 2 - 1 - 2 * Math.log(stretch)),
  };
}

/** The least log σ² of the models' Gaussian decoders. */
const floor = -6;
const softplusInverse = (y: number): number => Math.log(Math.expm1(y));

/** x = Wz + b + σε. */
function drawn(seed: number, count: number): Float32Array {
  const noise = createStream(deriveKey(seed, "linear-gaussian")).normal(new Float32Array(count * (d + k)));
  return Float32Array.from({ length: count * d }, (_, at) => {
    const [n, i] = [Math.floor(at / d), at % d];
    const z = noise.subarray(n * (d + k), n * (d + k) + k);
    const e = noise[n * (d + k) + k + i]!;
    return b[i]! + W.reduce((sum, w, j) => sum + w[i]! * z[j]!, 0) + Math.sqrt(variance) * e;
  });
}
