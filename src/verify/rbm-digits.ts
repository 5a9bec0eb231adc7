/** A restricted Boltzmann machine on binarised MNIST: what it reconstructs, what its units are good for, what they look for. */
import { linearProbe } from "../metrics/index.ts";
import type { Examples } from "../train/latents.node.ts";
import type { Finding } from "./claim.ts";
import type { rbmOf } from "./enumerated.ts";
import type { Lab, TrainingPlan } from "./lab.node.ts";

export const digits: TrainingPlan = {
  data: "mnist",
  examples: 20_000,
  options: { hidden: 128, algorithm: "cd", k: 1, lr: 0.1, decay: 1e9 },
  epochs: 5,
  batch: 100,
};

/** −log of the probability that one step there and back gives each pixel, on 1,000 test digits. */
export async function crossEntropy(lab: Lab): Promise<Finding> {
  const run = await lab.train("rbm", digits);
  const x = lab.examples((await lab.data("mnist", { levels: 2 })).test!, 1000);
  const { data } = await lab.compile(run, "reconstruct", run.model.reconstruct!)(x);
  const bits = (pixels: ArrayLike<number>, q: (i: number) => number): number => {
    let total = 0;
    for (let i = 0; i < pixels.length; i++) total -= Math.log(pixels[i]! > 0 ? q(i) : 1 - q(i)) / 1000;
    return total;
  };
  const clipped = (p: number): number => Math.min(1 - 1e-6, Math.max(1e-6, p));
  const means = new Float64Array(784);
  x.data.forEach((v, i) => {
    means[i % 784]! += (v + 1) / 2000;
  });
  return {
    value: bits(x.data, (i) => clipped((Number(data[i]) + 1) / 2)),
    baseline: { name: "the mean picture", value: bits(x.data, (i) => clipped(means[i % 784]!)) },
  };
}

/** Accuracy of a linear classifier on the hidden units, less its accuracy on pixels: 2,000 digits to learn from. */
export async function probe(lab: Lab): Promise<Finding> {
  const run = await lab.train("rbm", digits);
  const { train, test } = await lab.data("mnist", { levels: 2 });
  const n = 2000;
  const labels = (data: typeof train): Int32Array => {
    const y = new Int32Array(n);
    data.labels!(
      Int32Array.from({ length: n }, (_, i) => i),
      y,
    );
    return y;
  };
  const features = lab.compile(run, "features", run.model.features!);
  const accuracy = async (of: (x: Examples) => Promise<ArrayLike<number>>): Promise<number> => {
    const side = async (data: typeof train) => {
      const values = Float64Array.from(await of(lab.examples(data, n)));
      return { data: values, count: n, dimensions: values.length / n };
    };
    const sides = { train: await side(train), test: await side(test!) };
    const y = { trainLabels: labels(train), testLabels: labels(test!), classes: 10 };
    return 100 * (await linearProbe({ ...sides, ...y }, { penalty: 0.01 })).value;
  };
  const pixels = await accuracy(async ({ data }) => data);
  const hidden = await accuracy(async (x) => (await features(x)).data as Float32Array);
  return { value: hidden, atLeast: pixels - 0.5, baseline: { name: "the same on pixels", value: pixels } };
}

/** The weights of the first hidden units as pictures 28×28, each scaled to [−1, 1]. */
export function filtersOf({ weights, hiddenBias }: Awaited<ReturnType<typeof rbmOf>>, n: number): Examples {
  const hidden = hiddenBias.length;
  const pixels = weights.length / hidden;
  const data = new Float32Array(n * pixels);
  for (let j = 0; j < n; j++) {
    const own = Float32Array.from({ length: pixels }, (_, i) => weights[i * hidden + j]!);
    const most = own.reduce((a, w) => Math.max(a, Math.abs(w)), 1e-6);
    data.set(
      own.map((w) => w / most),
      j * pixels,
    );
  }
  return { data, shape: [n, 1, Math.sqrt(pixels), Math.sqrt(pixels)] };
}
