/** What the tests ask of a page. Everything goes in and out as JSON. */
import {
  type BrowserOptions,
  compile,
  createRuntime,
  type Device,
  type Runtime,
  type Tensor,
} from "../../../src/index.ts";
import type { GoldenFile } from "../../golden/cases.ts";
import { dcgan32 } from "../dcgan-32.ts";
import { models } from "../models.ts";
import type { PlainTensors } from "../results.ts";
import { operations } from "../suite.ts";
import { toyGan } from "../toy-gan.ts";
import { countBuffers } from "./count-buffers.ts";
import { runOnnx } from "./run-onnx.ts";

const buffers = countBuffers();
const runtimes = new Map<Device, Runtime>();

function runtimeOf(device: Device): Runtime {
  const runtime = runtimes.get(device) ?? createRuntime({ device, seed: 1 });
  runtimes.set(device, runtime);
  return runtime;
}

/** Live GPU buffers and bytes of the JavaScript heap after each of `samples` runs of `steps` steps of a toy GAN. */
async function memory(device: Device, samples: number, steps: number) {
  const runtime = createRuntime({ device, seed: 1 });
  const step = toyGan(runtime);
  const readings: { buffers: number; readbacks: number; heap: number }[] = [];
  for (let i = 0; i < samples; i++) {
    const before = buffers.readbacks();
    for (let k = 0; k < steps; k++) await step();
    (globalThis as { gc?: () => void }).gc?.();
    const { memory } = performance as unknown as { memory: { usedJSHeapSize: number } };
    readings.push({
      buffers: buffers.live(),
      readbacks: buffers.readbacks() - before,
      heap: memory.usedJSHeapSize,
    });
  }
  await runtime.dispose();
  return readings;
}

/** What training a DCGAN reads back from the GPU when the losses of every `every`-th step are logged, and these losses. */
async function dcganReadbacks(device: Device, logged: number, every: number) {
  const runtime = createRuntime({ device, seed: 1 });
  await runtime.ready();
  const train = dcgan32(runtime);
  const readings: { readbacks: number; losses: number[] }[] = [];
  for (let i = 0; i < logged; i++) {
    const before = buffers.readbacks();
    const losses = await train(every);
    readings.push({
      readbacks: buffers.readbacks() - before,
      losses: losses.map(({ data }) => Number(data[0])),
    });
  }
  await runtime.dispose();
  return readings;
}

/** One product of matrices on a runtime of these options, and what the runtime says of itself. */
async function product(options: {
  device: Device | "auto";
  threads?: number;
  folder?: string;
  worker?: boolean;
}) {
  const browser: BrowserOptions = {
    ...(options.folder && { wasmPaths: new URL(options.folder, location.href).href }),
    ...(options.worker && {
      worker: () => new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }),
    }),
  };
  const { device, threads } = options;
  const runtime = createRuntime({ device, browser, ...(threads && { threads }) });
  const report = await runtime.ready();
  const side = 256;
  const matmul = compile((x: Tensor) => x.matmul(x), { runtime, name: "product" });
  const y = await matmul({ shape: [side, side], data: new Float32Array(side * side).fill(0.5) });
  await runtime.dispose();
  return { report, threads: runtime.threads, first: y.data[0], last: y.data.at(-1) };
}

const functions = {
  operations: (device: Device, family: string, batch: GoldenFile): Promise<PlainTensors> =>
    operations(runtimeOf(device), family, batch),
  steps: (device: Device, model: keyof typeof models): Promise<PlainTensors> =>
    models[model](createRuntime({ device, seed: 1 })),
  runOnnx,
  memory,
  dcganReadbacks,
  product,
};

export type PageFunctions = typeof functions;
Object.assign(globalThis, { imago: functions });
