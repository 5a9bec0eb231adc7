import { atomicWrite } from "../data/atomic-write.node.ts";
import { compile } from "../runtime/index.ts";
import { type Tensor, UserError } from "../tensor/index.ts";
import { type Examples, inPortions } from "./latents.node.ts";
import type { OpenRun } from "./open-run.node.ts";
import { checkCount, checkFree, endingOf, type OutputOptions } from "./output.node.ts";
import { runData } from "./run-data.node.ts";
import type { Written } from "./sample.node.ts";
import { scatterPng } from "./scatter.node.ts";
import { sheetPng } from "./sheet.node.ts";

export interface ReconstructOptions extends OutputOptions {
  /** Number of examples. Default 20. */
  readonly n?: number;
  /** Other data than the run's, as for training. */
  readonly data?: string;
}

/** Pictures in a row of the sheet. */
export const columns = 10;

/**
 * Writes examples and what the model makes of them, decode(encode(x)): a sheet whose rows are originals and, below each,
 * reconstructions (points: a scatter of both). The examples are the first of the test split, or of the training split
 * where the data has no other.
 */
export async function reconstruct(
  run: OpenRun,
  { n = 2 * columns, data, ...output }: ReconstructOptions,
): Promise<Written> {
  checkCount("the number of examples", n, 1, 10_000);
  endingOf(output.out, [".png"]);
  checkFree(output);
  const fn = reconstruction(run);
  const real = await testExamples(run, { n, ...(data !== undefined && { data }) });
  const compiled = compile((x: Tensor) => run.withAverages(() => fn(x)), {
    runtime: run.runtime,
    training: false,
    name: "reconstruct",
  });
  const fake = await inPortions(compiled, real, 16);
  const bytes =
    run.spec.kind === "points"
      ? await scatterPng({ real, fake })
      : await sheetPng(interleave(real, fake), { columns: Math.min(columns, real.shape[0]!) });
  await atomicWrite(output.out, bytes);
  return { out: output.out, files: 1, shape: fake.shape };
}

function reconstruction(run: OpenRun): (x: Tensor) => Tensor {
  const { reconstruct: own, encode, decode } = run.model;
  if (own) return own;
  if (encode && decode) return (x) => decode(encode(x));
  throw new UserError(`${run.definition.name} does not reconstruct: it has no encoder; sample it instead.`);
}

/** As grey as the gaps of a sheet. */
export const noPicture = -0.137;

/** A row of originals, a row of reconstructions, and so on; what is missing in the last two rows is grey. */
export function interleave(real: Examples, fake: Examples): Examples {
  const [n, ...shape] = real.shape;
  const size = real.data.length / n!;
  const across = Math.min(columns, n!);
  const rows = Math.ceil(n! / across);
  const data = new Float32Array(2 * rows * across * size).fill(noPicture);
  for (let i = 0; i < n!; i++) {
    const at = (2 * Math.floor(i / across) * across + (i % across)) * size;
    data.set(real.data.subarray(i * size, (i + 1) * size), at);
    data.set(fake.data.subarray(i * size, (i + 1) * size), at + across * size);
  }
  return { data, shape: [2 * rows * across, ...shape] };
}

/** The first `n` examples of the run's test split (or of other data). */
export async function testExamples(
  run: OpenRun,
  { n, data }: { readonly n: number; readonly data?: string },
): Promise<Examples> {
  const { train, test } = await runData(run, data);
  const examples = test ?? train;
  const count = Math.min(n, examples.length);
  const out = new Float32Array(count * run.spec.shape.reduce((a, b) => a * b, 1));
  examples.read(
    Array.from({ length: count }, (_, i) => i),
    out,
  );
  return { data: out, shape: [count, ...run.spec.shape] };
}
