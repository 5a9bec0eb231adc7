/** A deterministic network that predicts the rest of an example from its given part: what generative models are compared with. */
import { batchIndices, fillBatch } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import { bce, greyValues, perExample } from "../math/index.ts";
import { dense, givenPart, mlp, network } from "../nn/index.ts";
import { adam, minimize } from "../optim/index.ts";
import { compile, createRuntime, type Runtime } from "../runtime/index.ts";
import { constant, sizeOf, square, type Tensor } from "../tensor/index.ts";

export interface PredictorOptions {
  readonly seed: number;
  readonly hidden: readonly number[];
  readonly steps: number;
  readonly batch: number;
  readonly quadrants?: number;
}

export interface Predictor {
  readonly runtime: Runtime;
  /** log p of the rest given the part (Bernoulli), nats, for pictures: [N]. */
  logProb(x: Tensor): Tensor;
  /** Examples with their rest predicted. */
  complete(x: Tensor): Tensor;
}

/** Trains perceptrons from the part to the rest: cross-entropy for pictures, squared error for points. Dispose its runtime. */
export async function trainPredictor(
  data: Dataset,
  { seed, hidden, steps, batch, quadrants = 1 }: PredictorOptions,
): Promise<Predictor> {
  const { kind, shape } = data;
  const { toUnit, fromUnit } = greyValues(kind);
  const seen = constant(givenPart(shape, quadrants), [1, ...shape]);
  const unseen = seen.neg().add(1);
  const net = network("predictor", (x: Tensor) =>
    dense(mlp(toUnit(x).mul(seen), hidden), sizeOf(shape)).reshape([-1, ...shape]),
  );
  const errors = (x: Tensor): Tensor => {
    const [y, target] = [net(x), toUnit(x)];
    const elements = kind === "image" ? bce(y, target, { reduction: "none" }) : square(y.sub(target));
    return perExample(elements.mul(unseen));
  };
  const runtime = createRuntime({ device: "cpu", seed });
  const optimizer = adam({ lr: 1e-3 });
  const train = compile(
    (x: Tensor) => {
      const loss = errors(x).mean();
      minimize(loss, net, optimizer);
      return loss;
    },
    { runtime, training: true, name: "predictor" },
  );
  const inACall = 50;
  for (let step = 0; step < steps; step += inACall)
    await train.many(
      Array.from({ length: Math.min(inACall, steps - step) }, (_, i) => [
        fillBatch(data, batchIndices(data.length, batch, seed, step + i)).x,
      ]),
    );
  return {
    runtime,
    logProb: (x) => errors(x).neg(),
    complete(x) {
      const y = kind === "image" ? net(x).sigmoid() : net(x);
      return x.mul(seen).add(fromUnit(y).mul(unseen));
    },
  };
}
