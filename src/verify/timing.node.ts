/** `imago verify --timing`: how long each model takes for a picture, in one go or in steps. */
import { availableParallelism, cpus } from "node:os";
import { portionOf } from "../export-page/latents.ts";
import {
  type ExampleSpec,
  findModel,
  type Model,
  type ModelDefinition,
  models,
  resolveOptions,
} from "../models/index.ts";
import { compile, createRuntime, type Runtime } from "../runtime/index.ts";
import { createSequential } from "../train/sequential.ts";
import type { Timing, Timings } from "./timings.ts";

export interface TimingOptions {
  /** Models; none for all that make pictures. */
  readonly models: readonly string[];
  readonly say: (what: string) => void;
  readonly signal?: AbortSignal;
}

/** Pictures are as large as those of MNIST where a model takes such, and made in portions, as `imago sample` does. */
const usualSide = 28;
const portion = portionOf("image");

/** Measures the models' small presets on the CPU one after another, the weights as they are before training. */
export async function timings({ models: names, say, signal }: TimingOptions): Promise<Timings> {
  const chosen = names.length > 0 ? names.map(findModel) : models;
  const rows: Timing[] = [];
  for (const definition of chosen) {
    signal?.throwIfAborted();
    if (!definition.data.includes("image")) continue;
    say(`timing ${definition.name}`);
    const row = await timingOf(definition);
    if (row) rows.push(row);
  }
  const processor = cpus()[0]?.model ?? "unknown";
  return { date: new Date().toISOString(), processor, cores: availableParallelism(), portion, rows };
}

async function timingOf(definition: ModelDefinition): Promise<Timing | undefined> {
  const spec = specOf(definition);
  const model = definition.build(resolveOptions(definition, "small"), spec);
  const runtime = createRuntime({ device: "cpu", seed: 1 });
  const base = { model: definition.name, family: definition.family, side: spec.shape[1]! };
  try {
    const direct = drawer(model, runtime);
    if (direct) return { ...base, milliseconds: (await median(direct)) / portion };
    if (!model.sequential) return undefined;
    const [cached, plain] = [await inSteps(model, runtime, true), await inSteps(model, runtime, false)];
    return { ...base, steps: cached.steps, milliseconds: cached.milliseconds, plain: plain.milliseconds };
  } finally {
    await runtime.dispose();
  }
}

/** What the model's pictures are: grey, black and white where they come pixel by pixel. */
function specOf({ pictures = {}, family }: ModelDefinition): ExampleSpec {
  const { largest = Number.POSITIVE_INFINITY, multipleOf = 1, channels = [1] } = pictures;
  const rounded = Math.ceil(usualSide / multipleOf) * multipleOf;
  const side = rounded <= largest ? rounded : Math.floor(largest / multipleOf) * multipleOf;
  const levels = pictures.levels ?? (family === "autoregressive" ? 2 : 256);
  return { kind: "image", shape: [channels[0]!, side, side], levels, classes: 10 };
}

/** Draws a portion in one go. */
function drawer({ generate, prior, sample }: Model, runtime: Runtime): (() => Promise<unknown>) | undefined {
  const options = { runtime, training: false, name: "timing" };
  if (generate && prior) return compile(() => generate(prior(portion)), options);
  return sample && compile(() => sample(portion), options);
}

/** Milliseconds that a call takes: the median of several, after one that compiles. */
async function median(call: () => Promise<unknown>): Promise<number> {
  await call();
  const times: number[] = [];
  const until = performance.now() + 1000;
  while (times.length < 5 || (performance.now() < until && times.length < 100)) {
    const began = performance.now();
    await call();
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
}

/** As long as this many milliseconds are spent on a way to sample; then the rest is counted at the same rate. */
const budget = 5000;

/** Milliseconds for a picture of a model that samples in steps. */
async function inSteps(
  model: Model,
  runtime: Runtime,
  cached: boolean,
): Promise<{ steps: number; milliseconds: number }> {
  const sampler = model.sequential!({ temperature: 1, cached });
  const { steps } = sampler;
  const timed = async (count: number): Promise<number> => {
    const name = `timing ${cached} ${count}`;
    const sequential = createSequential({ ...sampler, steps: count }, portion, { runtime, name });
    await sequential.draw({ seed: 1, portion: 0 }); // compiles
    const began = performance.now();
    await sequential.draw({ seed: 1, portion: 0 });
    return performance.now() - began;
  };
  const few = Math.min(steps, 4);
  const estimate = await timed(few);
  if (few === steps) return { steps, milliseconds: estimate / portion };
  const count = Math.min(steps, Math.max(few, Math.floor((budget / estimate) * few)));
  return { steps, milliseconds: ((await timed(count)) / count) * (steps / portion) };
}
