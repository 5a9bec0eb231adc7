import { atomicWrite } from "../data/atomic-write.node.ts";
import type { Dataset } from "../data/dataset.ts";
import { sizeOf, UserError } from "../tensor/index.ts";
import { floats, samplerName } from "./drawer.node.ts";
import { checkSamplerOptions, type Examples, type SamplerOptions } from "./latents.node.ts";
import type { OpenRun } from "./open-run.node.ts";
import { checkCount, checkFree, endingOf, type OutputOptions } from "./output.node.ts";
import { runData } from "./run-data.node.ts";
import type { Written } from "./sample.node.ts";
import { createSequential } from "./sequential.ts";
import { sheetPng } from "./sheet.node.ts";

/** Parts of a picture that can be missing. */
export const missingParts = ["bottom", "top", "left", "right", "centre"] as const;
export type MissingPart = (typeof missingParts)[number];

export interface CompleteOptions
  extends OutputOptions,
    Pick<SamplerOptions, "temperature" | "draw" | "onProgress"> {
  /** Number of examples. Default 8. */
  readonly n?: number;
  /** Completions of each. Default 6. */
  readonly completions?: number;
  /** Which half, or the middle quarter. Default "bottom". */
  readonly missing?: MissingPart;
  /** Other data than the run's, as for training. */
  readonly data?: string;
  /** Default 0. */
  readonly seed?: number;
}

/** Examples, what of them is given (the rest 0), and several completions of each, which differ in the missing part alone. */
export interface Completions {
  readonly real: Examples;
  readonly given: Examples;
  /** For each completion the examples in their order. */
  readonly completed: readonly Examples[];
}

/**
 * Completes the first `n` test examples, whose part `missing` a model that samples in steps draws given the rest: as far as its
 * order allows, since a pixel depends on those before it alone. Models of classes are told the examples' own.
 */
export async function completions(run: OpenRun, options: Omit<CompleteOptions, "out">): Promise<Completions> {
  const {
    n = 8,
    completions: count = 6,
    missing = "bottom",
    data,
    seed = 0,
    temperature = 1,
    draw = false,
  } = options;
  checkCount("the number of examples", n, 1, 256);
  checkCount("the number of completions", count, 1, 100);
  checkSamplerOptions(run, { temperature });
  const { sequential } = run.model;
  if (!sequential || run.spec.kind !== "image") {
    throw new UserError(
      `${run.definition.name} does not complete pictures: it does not make them in steps; autoregressive models do.`,
    );
  }
  const splits = await runData(run, data);
  const { real, labels } = read(splits.test ?? splits.train, n);
  const mask = maskOf(missing, real.shape);
  const sequence = createSequential(sequential({ temperature, cached: true, draw }), real.shape[0]!, {
    ...{ runtime: run.runtime, withAverages: run.withAverages },
    name: `${samplerName} completions`,
  });
  const y = run.model.conditional && labels ? { y: { data: labels, shape: [labels.length] } } : {};
  const start = { ...y, given: { x: real, mask } };
  const completed: Examples[] = [];
  for (let portion = 0; portion < count; portion++) {
    const onProgress = (done: number, total: number): void =>
      options.onProgress?.(portion * total + done, count * total);
    const drawn = await sequence.draw({ seed, portion, start, onProgress });
    completed.push({ data: floats(drawn), shape: drawn.shape });
  }
  const given = { ...real, data: real.data.map((v, i) => v * mask.data[i]!) };
  return { real, given, completed };
}

/** Writes a sheet: in each row an example, what is given of it, and its completions. */
export async function complete(run: OpenRun, options: CompleteOptions): Promise<Written> {
  endingOf(options.out, [".png"]);
  checkFree(options);
  const { real, given, completed } = await completions(run, options);
  const columns = [real, given, ...completed];
  const [n, ...shape] = real.shape;
  const size = sizeOf(shape);
  const sheet = new Float32Array(n! * columns.length * size);
  for (let i = 0; i < n!; i++)
    for (const [column, { data }] of columns.entries())
      sheet.set(data.subarray(i * size, (i + 1) * size), (i * columns.length + column) * size);
  const pictures = { data: sheet, shape: [n! * columns.length, ...shape] };
  await atomicWrite(options.out, await sheetPng(pictures, { columns: columns.length }));
  return { out: options.out, files: 1, shape: pictures.shape };
}

function read(examples: Dataset, n: number): { real: Examples; labels: Int32Array | undefined } {
  const count = Math.min(n, examples.length);
  const indices = Array.from({ length: count }, (_, i) => i);
  const data = new Float32Array(count * sizeOf(examples.shape));
  examples.read(indices, data);
  const labels = examples.labels && new Int32Array(count);
  if (labels) examples.labels!(indices, labels);
  return { real: { data, shape: [count, ...examples.shape] }, labels };
}

/** 1 where the picture is given, 0 where it is missing: [n, C, H, W]. */
function maskOf(missing: MissingPart, shape: readonly number[]): Examples {
  const [height, width] = shape.slice(2) as [number, number];
  const inside = (at: number, length: number): boolean => at >= length / 4 && at < (length * 3) / 4;
  const isMissing: { readonly [part in MissingPart]: (row: number, column: number) => boolean } = {
    bottom: (row) => row >= height / 2,
    top: (row) => row < height / 2,
    left: (_, column) => column < width / 2,
    right: (_, column) => column >= width / 2,
    centre: (row, column) => inside(row, height) && inside(column, width),
  };
  const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) => {
    const at = i % (height * width);
    return isMissing[missing](Math.floor(at / width), at % width) ? 0 : 1;
  });
  return { data, shape: [...shape] };
}
