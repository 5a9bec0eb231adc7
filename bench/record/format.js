// @ts-check
/** What bench/results.json holds. */
import { z } from "zod";

const summary = z.object({
  median: z.number(),
  q1: z.number(),
  q3: z.number(),
  min: z.number(),
  count: z.number(),
});
const machine = z.object({
  date: z.string(),
  commit: z.string(),
  cpu: z.string(),
  cores: z.number(),
  memoryGB: z.number(),
  platform: z.string(),
  load: z.number(),
  node: z.string(),
  onnxruntime: z.string(),
  imago: z.string(),
  threads: z.number(),
  torch: z.string().optional(),
  /** Whether PyTorch's process kept what it freed (bench/README.md). */
  torchKeepsMemory: z.boolean().optional(),
});
const fresh = z.object({
  firstStep: z.number(),
  compile: z.number().optional(),
  bytes: z.number().optional(),
});
const oneCase = z.object({
  name: z.string(),
  group: z.string(),
  goal: z.number().optional(),
  machine,
  /** GFLOP/s of a large matrix product in the same run. */
  peak: z.number(),
  flops: z.number().optional(),
  imago: summary,
  torch: summary.optional(),
  compiled: summary.optional(),
  compiledFailure: z.string().optional(),
  ratio: z.number().optional(),
  /** Largest relative difference of the first losses. */
  difference: z.number().optional(),
  fresh: z.object({ imago: fresh, torch: fresh.optional() }).optional(),
});
const compileRow = z.object({
  model: z.string(),
  data: z.string(),
  trace: z.number(),
  derivatives: z.number(),
  optimise: z.number(),
  parameters: z.number(),
  write: z.number(),
  load: z.number(),
  total: z.number(),
  bytes: z.number(),
});
const scalingRow = z.object({
  model: z.string(),
  axis: z.string(),
  factor: z.number(),
  ms: z.number(),
  flops: z.number(),
});

const format = z.object({
  cases: z.array(oneCase).default([]),
  compile: z.object({ machine, rows: z.array(compileRow) }).optional(),
  scaling: z.object({ machine, rows: z.array(scalingRow) }).optional(),
});

/**
 * @typedef {z.infer<typeof format>} Results
 * @typedef {z.infer<typeof oneCase>} RecordedCase
 * @typedef {z.infer<typeof compileRow>} CompileRow
 * @typedef {z.infer<typeof scalingRow>} ScalingRow
 * @typedef {z.infer<typeof machine>} RecordedMachine
 */

/** Throws where the text is not what this writes. @param {string} text @returns {Results} */
export function parseResults(text) {
  const read = format.safeParse(JSON.parse(text));
  if (read.success) return read.data;
  throw new Error(
    `bench/results.json is not a record of the benchmark (${read.error.issues[0]?.path.join(".")}: ${read.error.issues[0]?.message}); make it again by --record.`,
  );
}
