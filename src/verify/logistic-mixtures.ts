/** The discretised logistic mixture of PixelCNN++ as a distribution: its sum, and its values against double precision. */
import { discretizedLogisticMixture } from "../math/index.ts";
import { compile } from "../runtime/index.ts";
import { createStream, normal, type Tensor } from "../tensor/index.ts";
import { deriveKey } from "../tensor/random/index.ts";
import type { Lab } from "./lab.node.ts";

/** The largest distance from 1 of the sum over 256 bins, for random parameters. */
export async function sumOfBins(lab: Lab): Promise<number> {
  const [n, K] = [256, 5];
  const x = Float32Array.from({ length: 256 }, (_, k) => (2 * k) / 255 - 1);
  const f = compile(
    (grid: Tensor) => {
      const one = (std: number): Tensor => normal([n, K, 1, 1], { std });
      const mixture = { logits: one(2).reshape([n, K, 1]), means: one(1), logScales: one(1.5).sub(2.5) };
      const wide = (t: Tensor): Tensor => t.expand([...t.shape.slice(0, -1), 256]);
      const pixels = discretizedLogisticMixture({
        ...{ logits: wide(mixture.logits), means: wide(mixture.means), logScales: wide(mixture.logScales) },
      });
      return pixels.logProb(grid.reshape([1, 1, 256]).expand([n, 1, 256]));
    },
    { runtime: lab.runtime, name: "bins" },
  );
  const { data } = await f({ data: x, shape: [256] });
  const sums = Array.from({ length: n }, (_, i) =>
    Array.from((data as Float32Array).subarray(i * 256, (i + 1) * 256)).reduce(
      (sum, v) => sum + Math.exp(v),
      0,
    ),
  );
  return Math.max(...sums.map((sum) => Math.abs(sum - 1)));
}

const places = [-1, -0.5, 0, 1] as const;
const half = 1 / 255;

/** The largest difference of −log P(x) from double precision, in its own size where that is above 1. */
export async function referenceError(lab: Lab): Promise<number> {
  const [n, K] = [256, 5];
  const stream = createStream(deriveKey(lab.seed, "logistic mixtures"));
  const drawn = (mean: number, std: number): Float32Array =>
    stream.normal(new Float32Array(n * K)).map((v) => mean + std * v);
  const [logits, means, logScales] = [drawn(0, 2), drawn(0, 0.5), drawn(-2.5, 1)];
  const f = compile(
    (x: Tensor, l: Tensor, m: Tensor, s: Tensor) => {
      const wide = (t: Tensor): Tensor => t.expand([...t.shape.slice(0, -1), places.length]);
      const mixture = { logits: wide(l), means: wide(m), logScales: wide(s) };
      return discretizedLogisticMixture(mixture).logProb(x.expand([n, 1, places.length]));
    },
    { runtime: lab.runtime, name: "reference" },
  );
  const { data } = await f(
    { data: Float32Array.from(places), shape: [1, 1, places.length] },
    { data: logits, shape: [n, K, 1] },
    { data: means, shape: [n, K, 1, 1] },
    { data: logScales, shape: [n, K, 1, 1] },
  );
  const errors = Array.from({ length: n * places.length }, (_, at) => {
    const i = Math.floor(at / places.length);
    const row = (values: Float32Array): Float32Array => values.subarray(i * K, (i + 1) * K);
    const exact = logMixture(places[at % places.length]!, row(logits), row(means), row(logScales));
    return Math.abs(Number(data[at]) - exact) / Math.max(1, -exact);
  });
  return Math.max(...errors);
}

/** log Σᵢ πᵢ [σ((x + h − μᵢ)/sᵢ) − σ((x − h − μᵢ)/sᵢ)], the bins at the ends open outwards, as the paper writes it. */
function logMixture(x: number, logits: Float32Array, means: Float32Array, logScales: Float32Array): number {
  const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));
  let [total, p] = [0, 0];
  logits.forEach((logit, k) => {
    const s = Math.exp(Math.max(-7, logScales[k]!));
    const upper = x > 0.999 ? Number.POSITIVE_INFINITY : (x + half - means[k]!) / s;
    const lower = x < -0.999 ? Number.NEGATIVE_INFINITY : (x - half - means[k]!) / s;
    // Both near 1 would cancel; from the other side they are near 0.
    const mass = lower > 0 ? sigmoid(-lower) - sigmoid(-upper) : sigmoid(upper) - sigmoid(lower);
    total += Math.exp(logit);
    p += Math.exp(logit) * mass;
  });
  return Math.log(p / total);
}
