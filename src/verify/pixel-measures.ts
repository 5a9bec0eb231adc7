/** What the claims about models of pixels measure: independent pixels, what a pixel depends on, seconds per picture. */
import type { Dataset } from "../data/dataset.ts";
import type { Model } from "../models/model.ts";
import { resolveOptions } from "../models/options.ts";
import { findModel } from "../models/registry.ts";
import { trainableVariables } from "../optim/index.ts";
import { compile, createRuntime, type Runtime } from "../runtime/index.ts";
import { createStream, grad, sizeOf, type Tensor } from "../tensor/index.ts";
import type { Examples } from "../train/latents.node.ts";
import type { OpenRun } from "../train/open-run.node.ts";
import { createSequential } from "../train/sequential.ts";
import type { Lab } from "./lab.node.ts";

/** Mean −log p of binary test pictures whose pixels are taken as independent, with the training pictures' means; nats. */
export function independentNll(lab: Lab, train: Dataset, test: Dataset, n = 5000): number {
  const size = sizeOf(train.shape);
  const mean = new Float64Array(size);
  const known = lab.examples(train, n);
  const count = known.shape[0]!;
  for (const [i, v] of known.data.entries()) mean[i % size]! += (v + 1) / 2 / count;
  const p = mean.map((m) => Math.min(1 - 1e-4, Math.max(1e-4, m)));
  const held = lab.examples(test, n);
  const nats = held.data.reduce((sum, v, i) => sum - Math.log(v > 0 ? p[i % size]! : 1 - p[i % size]!), 0);
  return nats / held.shape[0]!;
}

/** Mean −log p of the same test pictures under the distribution that they come from, nats. */
export function trueNll(lab: Lab, test: Dataset, n: number): number {
  const { data, shape } = lab.examples(test, n);
  const size = sizeOf(shape.slice(1));
  const count = shape[0]!;
  const nats = Array.from(
    { length: count },
    (_, i) => -test.logProb!(data.subarray(i * size, (i + 1) * size)),
  );
  return nats.reduce((sum, v) => sum + v, 0) / count;
}

/** Numbers that training changes. */
export function parameterCount({ model }: Pick<OpenRun, "model">): number {
  const variables = model.phases.flatMap(({ train }) => trainableVariables(train));
  return variables.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

export interface Untrained {
  readonly model: string;
  /** Sides of its pictures, which are binary. */
  readonly side: number;
  readonly options?: { readonly [name: string]: unknown };
}

/** Runs `body` with a model as it is before training. */
export async function withUntrained<T>(
  { model: name, side, options = {} }: Untrained,
  body: (model: Model, runtime: Runtime) => Promise<T>,
): Promise<T> {
  const runtime = createRuntime({ device: "cpu", seed: 1 });
  const definition = findModel(name);
  const spec = { kind: "image", shape: [1, side, side], levels: 2 } as const;
  try {
    return await body(definition.build(resolveOptions(definition, "small", options), spec), runtime);
  } finally {
    await runtime.dispose();
  }
}

/**
 * How much the logarithm of the probability of a pixel changes with each other, |∂ log p(x_i) / ∂ x_j| summed over some random
 * pictures: [side · side], exactly 0 where it does not depend on it.
 */
export async function dependence(untrained: Untrained, row: number, column: number): Promise<Float32Array> {
  const { side } = untrained;
  return await withUntrained(untrained, async (model, runtime) => {
    const measure = compile(
      (x: Tensor) =>
        grad(model.logProbByElement!(x).slice([null, 0, row, column]).sum(), [x])[0]!
          .abs()
          .sum(0),
      { runtime, training: false, name: "dependence" },
    );
    const n = 16;
    const x = createStream([5, 3])
      .normal(new Float32Array(n * side * side))
      .map((v) => (v > 0 ? 1 : -1));
    const { data } = await measure({ data: x, shape: [n, 1, side, side] });
    const values = Float32Array.from(data as Float32Array);
    values[row * side + column] = 0;
    return values;
  });
}

/**
 * Share of the pixels before one that it depends on, %; each pixel after it that it depends on too, which no order of the pixels
 * allows, counts as 100 more.
 */
export async function receptiveShare(untrained: Untrained, row: number, column: number): Promise<number> {
  const seen = await dependence(untrained, row, column);
  const place = row * untrained.side + column;
  const before = seen.subarray(0, place).filter((v) => v > 0).length;
  return (100 * before) / place + 100 * seen.subarray(place + 1).filter((v) => v > 0).length;
}

/** Seconds that a model takes for each of n pictures drawn together: the least of some tries. */
export async function secondsPerPicture(
  model: Model,
  runtime: Runtime,
  { n, cached = true, tries = 3 }: { readonly n: number; readonly cached?: boolean; readonly tries?: number },
): Promise<number> {
  const draw = drawer(model, runtime, n, cached);
  await draw(0);
  const seconds: number[] = [];
  for (let i = 0; i < tries; i++) {
    const began = performance.now();
    await draw(i);
    seconds.push((performance.now() - began) / 1000 / n);
  }
  return Math.min(...seconds);
}

function drawer(
  model: Model,
  runtime: Runtime,
  n: number,
  cached: boolean,
): (seed: number) => Promise<unknown> {
  const name = `pictures ${cached}`;
  if (!model.sequential) {
    const all = () => model.sample?.(n) ?? model.generate!(model.prior!(n));
    return compile(all, { runtime, training: false, name });
  }
  const sampler = model.sequential({ temperature: 1, cached });
  const sequential = createSequential(sampler, n, { runtime, name });
  return (seed) => sequential.draw({ seed, portion: 0 });
}

/** Maps of numbers [n, 1, H, W] as pictures: 0 black, through red and yellow to white at `most` and above. */
export function heatMaps({ data, shape }: Examples, most: number): Examples {
  const [n, , H, W] = shape as readonly [number, number, number, number];
  const out = new Float32Array(3 * data.length);
  for (let k = 0; k < n; k++)
    for (let i = 0; i < H * W; i++) {
      const level = (3 * Math.min(most, data[k * H * W + i]!)) / most;
      for (let c = 0; c < 3; c++) out[(3 * k + c) * H * W + i] = 2 * Math.min(1, Math.max(0, level - c)) - 1;
    }
  return { data: out, shape: [n, 3, H, W] };
}

/** Grey pictures in three equal colours. */
export function inColor({ data, shape }: Examples): Examples {
  const [n, , H, W] = shape as readonly [number, number, number, number];
  const size = H * W;
  const out = Float32Array.from(
    { length: 3 * data.length },
    (_, i) => data[Math.floor(i / (3 * size)) * size + (i % size)]!,
  );
  return { data: out, shape: [n, 3, H, W] };
}
