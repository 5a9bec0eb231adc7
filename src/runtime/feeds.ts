/** What a call of a compiled function feeds to the device. */
import type { DType } from "../tensor/index.ts";
import { fillSource, type PhiloxKey } from "../tensor/random/index.ts";
import type { Feeds } from "./engine.ts";
import type { Loaded } from "./specialize.ts";
import { type Leaf, leaves } from "./structure.ts";
import type { Value } from "./value.ts";

export const isValue = (x: unknown): boolean =>
  typeof x === "number" || (typeof x === "object" && x !== null && "data" in x && "shape" in x);

/** The leaves of checked arguments. */
export function flatten(args: readonly unknown[]): Leaf<Value & { dtype: DType }>[] {
  return args.flatMap((arg, i) => leaves<Value & { dtype: DType }>(arg, isValue, String(i)));
}

/** The arguments of a call, as far as the graph needs them. */
export function argumentFeeds({ inputs }: Loaded, args: readonly unknown[]): Feeds {
  const feeds: Record<string, Value> = {};
  for (const { path, value } of flatten(args)) if (inputs.has(`in_${path}`)) feeds[`in_${path}`] = value;
  return feeds;
}

/** The random numbers of call number `step`. */
export function randomFeeds(
  { randoms }: Loaded,
  randomKey: (step: number, source: number) => PhiloxKey,
  step: number,
): Feeds {
  return Object.fromEntries(
    randoms.map(({ name, attrs }) => [
      name,
      { data: fillSource(attrs, randomKey(step, attrs.source)), shape: attrs.shape },
    ]),
  );
}
