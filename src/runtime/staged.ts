/** What calls of a compiled function feed to the device, as it takes them: one run of a loop, or a run for each. */
import type { PhiloxKey } from "../tensor/random/index.ts";
import type { Feeds } from "./engine.ts";
import { argumentFeeds, randomFeeds } from "./feeds.ts";
import type { Loaded } from "./specialize.ts";
import { stackFeeds } from "./stack.ts";

export interface StagedFeeds {
  /** Of each run of the device. */
  readonly runs: readonly Feeds[];
  /** Buffers of each run that nobody else holds: they can be moved to the device's thread. */
  readonly own: readonly (readonly ArrayBuffer[])[];
  /** The numbers of the calls: part of the keys of the random numbers. */
  readonly numbers: readonly number[];
}

/** How the feeds of calls are made. */
export interface Staging {
  readonly randomKey: (call: number, source: number) => PhiloxKey;
  /** Number of each call. */
  readonly numbers: readonly number[];
  /** One run makes all calls. */
  readonly loop: boolean;
}

/** The feeds of calls with these arguments. */
export function stageFeeds(
  loaded: Loaded,
  calls: readonly (readonly unknown[])[],
  { randomKey, numbers, loop }: Staging,
): StagedFeeds {
  const drawn = numbers.map((number) => randomFeeds(loaded, randomKey, number));
  const all = calls.map((args, i): Feeds => ({ ...argumentFeeds(loaded, args), ...drawn[i] }));
  // Stacking copies; without it the arrays of the arguments stay the caller's.
  if (!loop) return { runs: all, own: drawn.map(buffersOf), numbers };
  const stacked = stackFeeds(all);
  return { runs: [stacked], own: [buffersOf(stacked)], numbers };
}

/** The feeds staged for other numbers of the calls, with the random numbers of these. */
export function renumber(
  { runs }: StagedFeeds,
  loaded: Loaded,
  { randomKey, numbers, loop }: Staging,
): StagedFeeds {
  const drawn = numbers.map((number) => randomFeeds(loaded, randomKey, number));
  const replaced = (loop ? [stackFeeds(drawn)] : drawn).map((random, i) => ({ ...runs[i], ...random }));
  return { runs: replaced, own: loop ? replaced.map(buffersOf) : drawn.map(buffersOf), numbers };
}

const buffersOf = (feeds: Feeds): ArrayBuffer[] => [
  ...new Set(Object.values(feeds).map(({ data }) => data.buffer as ArrayBuffer)),
];
