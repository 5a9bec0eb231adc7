/** What takes memory in a run, before it begins. */
import type { HostBatch } from "../data/batches.ts";
import type { Model } from "../models/model.ts";
import type { CallMemory } from "../runtime/index.ts";
import type { MemoryEvent, PeakEntry } from "./events.ts";
import type { SetUp } from "./set-up.node.ts";

type Parts = Pick<SetUp, "model" | "training" | "minibatches">;

/** State by variable, minibatches and random numbers of a step, and what its graphs hold at once. */
export async function memoryEvent({ model, training, minibatches }: Parts): Promise<MemoryEvent> {
  const batches = minibatches(0);
  const stages = await training.memory(batches);
  const largest = stages
    .flat()
    .reduce((a: CallMemory | undefined, b) => (a && a.peak.reserved > b.peak.reserved ? a : b), undefined);
  const parts = [
    ...Object.entries(stateBytes(model, stages.flat())),
    ["second buffers", Math.max(0, ...stages.map((calls) => sum(calls.map(({ spare }) => spare))))],
    ["minibatches", sum(batches.map(batchBytes))],
    ["random numbers", Math.max(0, ...stages.map((calls) => sum(calls.map(({ randoms }) => randoms))))],
    ["activations", largest?.peak.reserved ?? 0],
  ] as const;
  return {
    type: "memory",
    parts: parts.map(([name, bytes]) => ({ name, bytes })),
    total: sum(parts.map(([, bytes]) => bytes)),
    peak: peakEntries(largest),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

const batchBytes = ({ x, y }: HostBatch): number => x.data.byteLength + (y?.data.byteLength ?? 0);

type Kind = "parameters" | "optimiser" | "averages" | "other state";

/** Bytes of the variables of all calls, by what they are for. */
function stateBytes(model: Model, calls: readonly CallMemory[]): Record<Kind, number> {
  const optimizers = new Set(model.phases.map(({ optimizer }) => optimizer.name));
  const all = new Map(calls.flatMap(({ variables }) => variables.map((v) => [v.variable.name, v] as const)));
  const bytes: Record<Kind, number> = { parameters: 0, optimiser: 0, averages: 0, "other state": 0 };
  for (const [name, { variable, bytes: own }] of all) {
    const first = name.split("/")[0]!;
    if (variable.trainable) bytes.parameters += own;
    else if (optimizers.has(first)) bytes.optimiser += own;
    else if (first === "ema") bytes.averages += own;
    else bytes["other state"] += own;
  }
  return bytes;
}

/** What a call holds at its peak, by layer and operation. */
function peakEntries(call: CallMemory | undefined): PeakEntry[] {
  const entries = new Map<string, PeakEntry>();
  for (const { operation, scope, bytes } of call?.peak.pieces ?? []) {
    const key = `${scope} ${operation}`;
    const before = entries.get(key) ?? { operation, scope, count: 0, bytes: 0 };
    entries.set(key, { ...before, count: before.count + 1, bytes: before.bytes + bytes });
  }
  return [...entries.values()].filter(({ bytes }) => bytes > 0).sort((a, b) => b.bytes - a.bytes);
}
