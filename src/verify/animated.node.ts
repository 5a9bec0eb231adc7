/** The animations of docs/zoo: how models that sample in steps make their pictures. */
import { sizeOf } from "../tensor/index.ts";
import { animationBytes } from "../train/animation.node.ts";
import type { Examples } from "../train/latents.node.ts";
import type { OpenRun } from "../train/open-run.node.ts";
import { sheetPng } from "../train/sheet.node.ts";
import { chainFrames } from "./chains.ts";
import type { Lab } from "./lab.node.ts";

/** About as many pictures are in an animation. */
const frames = 56;

export interface AnimatedOptions {
  readonly chains: number;
  /** Chains beside each other. */
  readonly columns: number;
  /** Each pixel becomes a square of so many. */
  readonly scale: number;
}

/** Examples one after another, the last for two seconds, as a WebP file. */
async function animated(
  shown: readonly Examples[],
  { columns, scale, each }: Omit<AnimatedOptions, "chains"> & { readonly each: number },
): Promise<Uint8Array> {
  const stills: Uint8Array[] = [];
  for (const examples of shown) stills.push(await sheetPng(examples, { columns, scale }));
  const delay = stills.map((_, i) => (i === stills.length - 1 ? 2000 : each));
  return await animationBytes(stills, { ending: ".webp", delay });
}

/**
 * Pixels of one channel in raster order, generated outward from the corner: as a WebP file. Those that are
 * not drawn yet are grey.
 */
export async function outward(lab: Lab, run: OpenRun, options: AnimatedOptions): Promise<Uint8Array> {
  const steps = sizeOf(run.spec.shape);
  const every = Math.ceil(steps / frames);
  const { chains } = options;
  const drawn = await chainFrames(lab, run, { name: "animated outward", chains, steps, every });
  const shown = drawn.map(({ data, shape }, k) => ({
    shape,
    data: data.map((v, i) => (i % steps < (k + 1) * every ? v : 0)),
  }));
  return await animated(shown, { ...options, each: 60 });
}

/** Markov chains from where the model has them begin, seen every so many steps: as a WebP file. */
export async function chainsInTime(
  lab: Lab,
  run: OpenRun,
  { every, ...options }: AnimatedOptions & { readonly every: number },
): Promise<Uint8Array> {
  const chain = { chains: options.chains, steps: every * frames, every };
  const shown = await chainFrames(lab, run, { name: "animated chains", ...chain });
  return await animated(shown, { ...options, each: 120 });
}
