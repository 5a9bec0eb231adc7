import { atomicWrite } from "../data/atomic-write.node.ts";
import { portionOf } from "../export-page/latents.ts";
import type { Value } from "../runtime/index.ts";
import { UserError } from "../tensor/index.ts";
import { animationBytes } from "./animation.node.ts";
import { floats, samplerName } from "./drawer.node.ts";
import { checkSamplerOptions, type Examples } from "./latents.node.ts";
import type { OpenRun } from "./open-run.node.ts";
import { checkCount, checkFree, endingOf } from "./output.node.ts";
import { picture, type SampleOptions, type Written } from "./sample.node.ts";
import { createSequential } from "./sequential.ts";

/** About as many pictures are in an animation. */
const frames = 56;
/** Milliseconds that a picture stays, and the last one. */
const [each, atTheEnd] = [60, 2000];

/**
 * How a model that samples in steps makes its examples, as an animation (`.webp` or `.gif`): pixels generated outward from the
 * corner, for models in raster order. The examples are those that `sampleRun` makes of the same seed. Throws (UserError) where
 * the model does not sample in steps.
 */
export async function animateRun(
  run: OpenRun,
  { n, seed = 0, temperature = 1, cached = true, draw = false, label, onProgress, ...output }: SampleOptions,
): Promise<Written> {
  const portion = portionOf(run.spec.kind);
  checkCount("the number of samples", n, 1, portion);
  const ending = endingOf(output.out, [".webp", ".gif"]);
  checkFree(output);
  checkSamplerOptions(run, { temperature, label, draw });
  const { sequential } = run.model;
  if (!sequential || run.spec.kind !== "image") {
    throw new UserError(
      `${run.definition.name} does not make pictures in steps; for an animation of it use imago interpolate with --out walk.webp.`,
    );
  }
  const sampler = sequential({ temperature, cached, draw });
  const shown: Examples[] = [];
  const show = (examples: Value): void => {
    const size = examples.data.length / portion;
    shown.push({
      data: floats(examples).slice(0, n * size),
      shape: [n, ...examples.shape.slice(1)],
    });
  };
  const { runtime, withAverages } = run;
  await createSequential(sampler, portion, { runtime, name: samplerName, withAverages }).draw({
    ...{ seed, portion: 0, frames: { every: Math.ceil(sampler.steps / frames), show } },
    ...(label !== undefined && {
      start: { y: { data: new Int32Array(portion).fill(label), shape: [portion] } },
    }),
    ...(onProgress && { onProgress }),
  });
  const stills: Uint8Array[] = [];
  for (const examples of shown) stills.push(await picture(run, examples));
  const delay = stills.map((_, i) => (i === stills.length - 1 ? atTheEnd : each));
  await atomicWrite(output.out, await animationBytes(stills, { ending, delay }));
  return { out: output.out, files: 1, shape: shown[0]!.shape };
}
