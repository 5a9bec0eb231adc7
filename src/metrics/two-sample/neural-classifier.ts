import { dense, mlp, network } from "../../nn/index.ts";
import { adamw, minimize } from "../../optim/index.ts";
import { compile, type Runtime, type Value } from "../../runtime/index.ts";
import { mean, mul, neg, softplus, type Tensor } from "../../tensor/index.ts";
import { createStream, deriveKey, fillIntegers } from "../../tensor/random/index.ts";
import { standardizer } from "../representation/standardize.ts";
import { compareScores, type Labelled, splitInHalves } from "./held-out.ts";
import { mostNumbers, pool, type TwoSampleTest } from "./two-sample-test.ts";

export interface NeuralClassifierOptions {
  /** Units of the hidden layers. Default [64, 64]. */
  readonly hidden?: readonly number[];
  /** Steps of AdamW, rate 2e-3, decay 0.05. Default 400. */
  readonly steps?: number;
  /** Training rows in a step, drawn with replacement. Default 128. */
  readonly batch?: number;
}

/**
 * The learned statistic: a network trained to tell the samples apart, as a GAN's discriminator is, and the mean difference of
 * its held-out logits (Cheng & Cloninger 2022, arXiv:1909.11298), which wastes less than accuracy does. The network is
 * compiled once for each number of dimensions; tests on one object run one after another.
 */
export function neuralClassifierTest(
  runtime: Runtime,
  { hidden = [64, 64], steps = 400, batch = 128 }: NeuralClassifierOptions = {},
): TwoSampleTest {
  const classifiers = new Map<number, ReturnType<typeof createClassifier>>();
  let queue: Promise<unknown> = Promise.resolve();
  return {
    name: "c2st-neural",
    title: "Classifier: neural network",
    statistic: `mean held-out logit of a − that of b, of an MLP (${hidden.join("-")}) trained on half of each sample`,
    least: 4,
    most: mostNumbers(50_000, 4e7),
    async test(a, b, options) {
      const { train, held } = splitInHalves(pool(this, a, b), options.seed, this.name);
      const known = classifiers.get(train.dimensions) ?? createClassifier(runtime, hidden);
      classifiers.set(train.dimensions, known);
      const scores = queue.then(() => known(train, held, { steps, batch, seed: options.seed }));
      queue = scores.catch(() => undefined);
      return compareScores(await scores, held, { ...options, name: this.name });
    },
  };
}

interface Training {
  readonly steps: number;
  readonly batch: number;
  readonly seed: number;
}

/** Steps sent to the device in one call: their batches are in memory together. */
const chunk = 100;

function createClassifier(runtime: Runtime, hidden: readonly number[]) {
  const name = runtime.internals.register("two-sample").replaceAll(/[^\w-]/g, "-");
  const D = network(name, (x: Tensor) => dense(mlp(x, hidden), 1));
  const optimizer = adamw({ lr: 2e-3, weightDecay: 0.05, name: `${name}-adamw` });
  const step = compile(
    (x: Tensor, sign: Tensor) => {
      const loss = mean(softplus(neg(mul(D(x), sign))));
      minimize(loss, D, optimizer);
      return loss;
    },
    { runtime, name: `${name} step` },
  );
  const logits = compile((x: Tensor) => D(x), { runtime, name: `${name} logits` });
  return async (train: Labelled, held: Labelled, { steps, batch, seed }: Training): Promise<number[]> => {
    const standardize = standardizer(train);
    const rows = { ...train, ...standardize(train) };
    await step.prepareMany(...batchOf(rows, batch, seed, 0));
    await restart(runtime, name, seed);
    for (let at = 0; at < steps; at += chunk) {
      const count = Math.min(chunk, steps - at);
      await step.many(Array.from({ length: count }, (_, i) => batchOf(rows, batch, seed, at + i)));
    }
    const x = Float32Array.from(standardize(held).data);
    return Array.from((await logits({ data: x, shape: [held.count, held.dimensions] })).data, Number);
  };
}

function batchOf(
  { data, count, dimensions: d, labels }: Labelled,
  size: number,
  seed: number,
  step: number,
): [Value, Value] {
  const chosen = new Int32Array(size);
  fillIntegers(chosen, deriveKey(seed, "two-sample/c2st-neural", "batch", step), { low: 0, high: count });
  const x = new Float32Array(size * d);
  chosen.forEach((row, i) => {
    x.set(data.subarray(row * d, (row + 1) * d), i * d);
  });
  const sign = Float32Array.from(chosen, (row) => 2 * labels[row]! - 1);
  return [
    { data: x, shape: [size, d] },
    { data: sign, shape: [size, 1] },
  ];
}

/** New weights from the seed, U(±1/√fan-in), and the optimiser's state as at the start. */
async function restart(runtime: Runtime, name: string, seed: number): Promise<void> {
  const own = runtime.names().filter((n) => n.startsWith(`${name}/`) || n.startsWith(`${name}-adamw/`));
  for (const variable of own) {
    const { shape } = await runtime.get(variable);
    const size = shape.reduce((a, b) => a * b, 1);
    const data = new Float32Array(size);
    if (variable.startsWith(`${name}/`) && shape.length === 2) {
      const random = createStream(deriveKey(seed, "two-sample/c2st-neural", variable.slice(name.length)));
      const bound = 1 / Math.sqrt(shape[0]!);
      random.uniform(data).forEach((u, i) => {
        data[i] = (2 * u - 1) * bound;
      });
    }
    await runtime.set(variable, { data, shape });
  }
}
