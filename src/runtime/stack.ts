import { iterationsInput } from "../onnx/index.ts";
import { allocate, type DType, dtypeOf, sizeOf, type TypedArray } from "../tensor/index.ts";
import type { Feeds, Results } from "./engine.ts";
import type { Value } from "./value.ts";

/** The feeds of several calls as those of one loop: each input with a leading axis of calls. */
export function stackFeeds(feeds: readonly Feeds[]): Feeds {
  const stacked: Record<string, Value> = {
    [iterationsInput]: { data: BigInt64Array.from([BigInt(feeds.length)]), shape: [] },
  };
  for (const [name, { data, shape }] of Object.entries(feeds[0]!)) {
    const all = allocate(dtypeOf(data) as DType, data.length * feeds.length);
    feeds.forEach((one, i) => {
      (all as Float32Array).set(one[name]!.data as Float32Array, i * data.length);
    });
    stacked[name] = { data: all, shape: [feeds.length, ...shape] };
  }
  return stacked;
}

/** The results of one loop as those of each of its `count` calls from number `from` on. */
export function unstackResults(stacked: Results, count: number, from = 0): Results[] {
  return Array.from({ length: count - from }, (_, i) =>
    Object.fromEntries(Object.entries(stacked).map(([name, value]) => [name, unstack(value, from + i)])),
  );
}

function unstack({ data, shape }: Value, i: number): Value {
  const size = sizeOf(shape.slice(1));
  return { data: data.slice(i * size, (i + 1) * size) as TypedArray, shape: shape.slice(1) };
}
