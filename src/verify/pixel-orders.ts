/** What claims about models of all orders of pixels measure: one network's parameters in other orders, and missing halves. */
import type { Dataset } from "../data/dataset.ts";
import { useAverages } from "../optim/index.ts";
import { sizeOf } from "../tensor/index.ts";
import { averagesOf } from "../train/averages.ts";
import type { Examples } from "../train/latents.node.ts";
import { type OpenRun, openRun } from "../train/open-run.node.ts";
import { supportOf } from "./enumerated.ts";
import type { Lab } from "./lab.node.ts";

/** Runs `body` with the run's parameters in the model that other options make of them, such as another order of the pixels. */
export async function withOptions<T>(
  run: OpenRun,
  options: { readonly [name: string]: unknown },
  body: (run: OpenRun) => Promise<T>,
): Promise<T> {
  const open = await openRun(run.folder);
  const { definition, manifest, spec, runtime } = open;
  const model = definition.build(definition.options.parse({ ...manifest.options, ...options }), spec);
  const { ema } = manifest.training;
  const averages = ema === undefined ? undefined : averagesOf(model, ema);
  const withAverages = <V>(trace: () => V): V => (averages ? useAverages(averages, trace) : trace());
  try {
    return await body({ ...open, model, withAverages });
  } finally {
    await runtime.dispose();
  }
}

/** Examples in one call: NADE makes the hidden units of every pixel of every one. */
const portion = 100;

/** log p of each example, nats; or of each of its pixels. */
export async function logProbs(
  lab: Lab,
  run: OpenRun,
  { data, shape }: Examples,
  by: "example" | "pixel" = "example",
): Promise<Float64Array> {
  const { logProb, logProbByElement } = run.model;
  const f = lab.compile(run, `log p by ${by}`, (x) => (by === "pixel" ? logProbByElement! : logProb!)(x));
  const [n, ...rest] = shape as readonly [number, ...number[]];
  const size = sizeOf(rest);
  const parts: number[] = [];
  for (let first = 0; first < n; first += portion) {
    const count = Math.min(portion, n - first);
    const x = data.subarray(first * size, (first + count) * size);
    parts.push(...((await f({ data: x, shape: [count, ...rest] })).data as Float32Array));
  }
  return Float64Array.from(parts);
}

/** Σ p(x) over all pictures of a set of at most 16 pixels, in float64. */
export async function sumOfProbabilities(lab: Lab, run: OpenRun, data: Dataset): Promise<number> {
  const { x, count, shape } = supportOf(data);
  const logs = await logProbs(lab, run, { data: x, shape: [count, ...shape] });
  return logs.reduce((sum, l) => sum + Math.exp(l), 0);
}

/** Halves of a picture that can be hidden, and the order in which the other half comes first. */
export const halves = [
  { name: "bottom", order: "raster", hidden: (row: number, _: number, side: number) => row >= side / 2 },
  { name: "top", order: "raster-reversed", hidden: (row: number, _: number, side: number) => row < side / 2 },
  {
    name: "right",
    order: "columns",
    hidden: (_: number, column: number, side: number) => column >= side / 2,
  },
  {
    name: "left",
    order: "columns-reversed",
    hidden: (_: number, column: number, side: number) => column < side / 2,
  },
] as const;

/** Mean −log p of the pixels that `where` holds for, by place, given those before them: nats per pixel. */
export async function natsOf(
  lab: Lab,
  run: OpenRun,
  examples: Examples,
  where: (place: number) => boolean,
): Promise<number> {
  const size = sizeOf(examples.shape.slice(1));
  const chosen = (await logProbs(lab, run, examples, "pixel")).filter((_, i) => where(i % size));
  return -chosen.reduce((sum, v) => sum + v, 0) / chosen.length;
}

/** Mean −log p of the pixels that `where` holds for, by place, under the training pictures' means; nats per pixel. */
export function independentNats(
  lab: Lab,
  { train, test }: { readonly train: Dataset; readonly test: Dataset },
  n: number,
  where: (place: number) => boolean,
): number {
  const size = sizeOf(train.shape);
  const known = lab.examples(train, 10_000);
  const ones = new Float64Array(size);
  for (const [i, v] of known.data.entries()) if (v > 0) ones[i % size]!++;
  const p = ones.map((count) => (count + 1) / (known.shape[0]! + 2));
  const held = lab.examples(test, n);
  let [nats, count] = [0, 0];
  for (const [i, v] of held.data.entries()) {
    if (!where(i % size)) continue;
    nats -= Math.log(v > 0 ? p[i % size]! : 1 - p[i % size]!);
    count++;
  }
  return nats / count;
}
