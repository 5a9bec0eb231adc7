import { flopsOf, type Graph } from "../onnx/index.ts";
import { topologicalOrder } from "../tensor/index.ts";
import type { SessionSettings } from "./engine.ts";

/** Below this much work, handing parts to other threads costs more than they save. */
const oneThreadBelow = 2e6;
/** Above this much work per call, waking a sleeping thread is free by comparison, and spinning only takes cores away. */
const spinningBelow = 1e9;

/** Rewriting a graph of more operations than this takes ONNX Runtime longer than it saves. */
const shortUpTo = 1500;

/** Threads and spinning for one graph, from the amount of arithmetic in it; and what is done while it is loaded, from its length. */
export function settingsFor(graph: Graph, threads: number): SessionSettings {
  const flops = flopsOf(graph);
  const used = flops < oneThreadBelow ? 1 : threads;
  const length = topologicalOrder(graph.outputs.map((o) => o.tensor)).length;
  return { threads: used, spinning: used > 1 && flops < spinningBelow, long: length > shortUpTo };
}
