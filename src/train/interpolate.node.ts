import { atomicWrite } from "../data/atomic-write.node.ts";
import { linear, spherical as sphericalLine } from "../export-page/latents.ts";
import { compile } from "../runtime/index.ts";
import { type Tensor, UserError } from "../tensor/index.ts";
import { animationBytes } from "./animation.node.ts";
import { createSampler, type Examples, inPortions } from "./latents.node.ts";
import type { OpenRun } from "./open-run.node.ts";
import { checkCount, checkFree, endingOf, type OutputOptions } from "./output.node.ts";
import { testExamples } from "./reconstruct.node.ts";
import { picture, type Written } from "./sample.node.ts";

export interface InterpolateOptions extends OutputOptions {
  /** Pairs of latent vectors. Default 6. */
  readonly n?: number;
  /** Pictures from one end to the other, both included. Default 10. */
  readonly steps?: number;
  /** Along the great circle (default), which keeps the length of normal vectors; false: along the straight line. */
  readonly spherical?: boolean;
  /** Default 0. */
  readonly seed?: number;
}

/**
 * Walks between pairs of latent vectors: `.png` a sheet with a row for each pair, `.webp` or `.gif` an animation that goes there
 * and back. The ends are latents 0, 1, 2, … of the seed; a model without prior walks between encoded examples.
 */
export async function interpolate(
  run: OpenRun,
  { n = 6, steps = 10, spherical = true, seed = 0, ...output }: InterpolateOptions,
): Promise<Written> {
  checkCount("the number of pairs", n, 1, 1000);
  checkCount("the number of steps", steps, 2, 1000);
  const ending = endingOf(output.out, [".png", ".webp", ".gif"]);
  if (ending !== ".png" && run.spec.kind === "points")
    throw new UserError(`${run.definition.name} makes points: name a .png file.`);
  checkFree(output);
  const { ends, generate } = await walker(run, seed, 2 * n);
  const examples = await generate(between(ends, steps, spherical ? sphericalLine : linear));
  const bytes =
    ending === ".png" ? await picture(run, examples, steps) : await animation(run, examples, steps, ending);
  await atomicWrite(output.out, bytes);
  return { out: output.out, files: 1, shape: examples.shape };
}

type Walker = { ends: Examples; generate: (z: Examples) => Promise<Examples> };

async function walker(run: OpenRun, seed: number, count: number): Promise<Walker> {
  const { prior, generate, encode, decode } = run.model;
  if (generate && prior) {
    const sampler = createSampler(run);
    return { ends: await sampler.latents(seed, 0, count), generate: sampler.generate };
  }
  if (!encode || !decode) {
    throw new UserError(
      `${run.definition.name} has no latent vectors to walk between; interpolation needs a model that generates or decodes.`,
    );
  }
  const options = { runtime: run.runtime, training: false };
  const toLatent = compile((x: Tensor) => run.withAverages(() => encode(x)), { ...options, name: "encode" });
  const toExample = compile((z: Tensor) => run.withAverages(() => decode(z)), { ...options, name: "decode" });
  const ends = await inPortions(toLatent, await testExamples(run, { n: count }), 16);
  return { ends, generate: (z) => inPortions(toExample, z, 16) };
}

/** Latents 2i and 2i + 1 and `steps` − 2 between them, pair after pair. */
function between({ data, shape: [count, ...shape] }: Examples, steps: number, line: typeof linear): Examples {
  const size = data.length / count!;
  const pairs = Math.floor(count! / 2);
  const out = new Float32Array(pairs * steps * size);
  for (let i = 0; i < pairs * steps; i++) {
    const at = 2 * Math.floor(i / steps) * size;
    const [a, b] = [data.subarray(at, at + size), data.subarray(at + size, at + 2 * size)];
    out.set(line(a, b, (i % steps) / (steps - 1)), i * size);
  }
  return { data: out, shape: [pairs * steps, ...shape] };
}

/** Frames of all pairs at once, there and back, so that the end meets the beginning. */
async function animation(
  run: OpenRun,
  { data, shape: [count, ...shape] }: Examples,
  steps: number,
  ending: string,
): Promise<Uint8Array> {
  const n = count! / steps;
  const size = data.length / count!;
  const stills: Uint8Array[] = [];
  for (let step = 0; step < steps; step++) {
    const frame = new Float32Array(n * size);
    for (let i = 0; i < n; i++) {
      const from = (i * steps + step) * size;
      frame.set(data.subarray(from, from + size), i * size);
    }
    stills.push(await picture(run, { data: frame, shape: [n, ...shape] }));
  }
  const frames = [...stills, ...stills.slice(1, -1).reverse()];
  // Ends stay longer, so that a person sees where the walk turns.
  const delay = frames.map((_, i) => (i === 0 || i === steps - 1 ? 500 : 80));
  return await animationBytes(frames, { ending, delay });
}
