/** Markov chains of trained models as claims and pictures look at them. */
import type { SequentialSampler } from "../models/model.ts";
import type { Value } from "../runtime/index.ts";
import { sizeOf } from "../tensor/index.ts";
import type { Examples } from "../train/latents.node.ts";
import type { OpenRun } from "../train/open-run.node.ts";
import { createSequential } from "../train/sequential.ts";
import type { Lab } from "./lab.node.ts";

export interface ChainOptions {
  /** Of the chains' state: each draw of a run has one of its own. */
  readonly name: string;
  readonly chains: number;
  readonly steps: number;
  /** A frame after every so many steps. Default: only the last. */
  readonly every?: number;
  /** Pixels that stay as they are where `mask` is 1, one row for each chain. */
  readonly given?: { readonly x: Examples; readonly mask: Examples };
  /** Where the chains begin. Default: where the model has them begin. */
  readonly init?: SequentialSampler["init"];
}

/** The examples at each frame of chains of a model that samples in steps. */
export async function chainFrames(lab: Lab, run: OpenRun, options: ChainOptions): Promise<Examples[]> {
  const { name, chains, steps, every = steps, given, init } = options;
  const sampler = {
    ...run.model.sequential!({ temperature: 1, cached: true }),
    steps,
    ...(init && { init }),
  };
  const { runtime, withAverages } = run;
  const sequential = createSequential(sampler, chains, { runtime, name, withAverages });
  const frames: Examples[] = [];
  const show = ({ data, shape }: Value): void => {
    frames.push({ data: Float32Array.from(data as Float32Array), shape: [...shape] });
  };
  const start = given && { given };
  await sequential.draw({ seed: lab.seed, portion: 0, frames: { every, show }, ...(start && { start }) });
  return frames;
}

/** Completions of pictures whose rows below `from` are missing: the chain after `steps` steps, one for each picture. */
export async function completedBelow(
  lab: Lab,
  run: OpenRun,
  x: Examples,
  { name, from, steps }: { readonly name: string; readonly from: number; readonly steps: number },
): Promise<Examples> {
  const [n, channels, height, width] = x.shape as readonly [number, number, number, number];
  const row = (i: number): number => Math.floor((i % (height * width)) / width);
  const mask = Float32Array.from({ length: n * channels * height * width }, (_, i) =>
    row(i) < from ? 1 : 0,
  );
  const given = { x, mask: { data: mask, shape: x.shape } };
  const [last] = await chainFrames(lab, run, { name, chains: n, steps, given });
  return last!;
}

/** Pictures one after another as one list. */
export function joined(parts: readonly Examples[]): Examples {
  const [, ...shape] = parts[0]!.shape;
  const size = sizeOf(shape);
  const data = Float32Array.from(parts.flatMap((part) => Array.from(part.data)));
  return { data, shape: [data.length / size, ...shape] };
}

/** The chains' pictures chain by chain, those of one chain beside each other: `count` chains, [count · frames, …]. */
export function chainRows(frames: readonly Examples[], count: number): Examples {
  const [, ...shape] = frames[0]!.shape;
  const size = sizeOf(shape);
  const data = new Float32Array(count * frames.length * size);
  for (let chain = 0; chain < count; chain++)
    frames.forEach((frame, i) => {
      data.set(frame.data.subarray(chain * size, (chain + 1) * size), (chain * frames.length + i) * size);
    });
  return { data, shape: [count * frames.length, ...shape] };
}
