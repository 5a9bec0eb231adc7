import { atomicWrite } from "../data/atomic-write.node.ts";
import { compile } from "../runtime/index.ts";
import { type Tensor, UserError } from "../tensor/index.ts";
import { heatPictures } from "./heat-colours.ts";
import { type Examples, inPortions } from "./latents.node.ts";
import type { OpenRun } from "./open-run.node.ts";
import { checkCount, checkFree, endingOf, type OutputOptions } from "./output.node.ts";
import { columns, interleave, testExamples } from "./reconstruct.node.ts";
import type { Written } from "./sample.node.ts";
import { sheetPng } from "./sheet.node.ts";

export interface HeatmapOptions extends OutputOptions {
  /** Number of examples. Default 20. */
  readonly n?: number;
  /** Other data than the run's, as for training. */
  readonly data?: string;
}

/** What was written, and the nats of a pixel that has the brightest colour. */
export interface WrittenHeatmap extends Written {
  readonly most: number;
}

/** Pixels of less than so large a share of all have the brightest colour or more. */
const brightest = 0.995;

/**
 * Writes examples and, below each, what every pixel costs: −log p of it given those before it (of a colour picture, of its three
 * colours), from black, 0 nats, to bright. Throws (UserError) where the model does not tell pixels apart.
 */
export async function heatmap(
  run: OpenRun,
  { n = 2 * columns, data, ...output }: HeatmapOptions,
): Promise<WrittenHeatmap> {
  checkCount("the number of examples", n, 1, 10_000);
  endingOf(output.out, [".png"]);
  checkFree(output);
  const real = await testExamples(run, { n, ...(data !== undefined && { data }) });
  const cost = await costOfPixels(run, real);
  const sorted = Float32Array.from(cost.data).sort();
  const most = Math.max(sorted[Math.floor(brightest * (sorted.length - 1))]!, 1e-6);
  const pictures = interleave(inColour(real), heatPictures(cost, most));
  await atomicWrite(output.out, await sheetPng(pictures, { columns: Math.min(columns, real.shape[0]!) }));
  return { out: output.out, files: 1, shape: real.shape, most };
}

/** −log p of each pixel, nats, colours summed: [n, H, W]. */
export async function costOfPixels(run: OpenRun, examples: Examples): Promise<Examples> {
  const { logProbByElement } = run.model;
  if (!logProbByElement || run.spec.kind !== "image") {
    throw new UserError(
      `${run.definition.name} gives no probability for each pixel; autoregressive models do.`,
    );
  }
  const fn = compile((x: Tensor) => run.withAverages(() => logProbByElement(x).sum(1).neg()), {
    runtime: run.runtime,
    training: false,
    name: "heatmap",
  });
  return await inPortions(fn, examples, 16);
}

/** Grey pictures as colour pictures. */
function inColour({ data, shape: [n, channels, ...sides] }: Examples): Examples {
  if (channels === 3) return { data, shape: [n!, channels, ...sides] };
  const size = data.length / n!;
  const out = new Float32Array(3 * data.length);
  for (let i = 0; i < 3 * n!; i++)
    out.set(data.subarray(Math.floor(i / 3) * size, (Math.floor(i / 3) + 1) * size), i * size);
  return { data: out, shape: [n!, 3, ...sides] };
}
