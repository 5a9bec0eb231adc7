/** What convolutions take on this machine: kept in the cache folder, and in each run that was trained by it. */
import { readFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { atomicWrite } from "../data/atomic-write.node.ts";
import { cacheFolder } from "../data/data-folders.node.ts";
import type { FormTimes } from "../onnx/index.ts";
import { versions } from "./versions.node.ts";

const milliseconds = z.number().positive().max(1e7);
const schema = z.object({
  /** Processor, number of threads and version of ONNX Runtime: times of others are of no use. */
  machine: z.string().max(300),
  times: z.record(
    z.string().max(300),
    z.object({ direct: milliseconds, gather: milliseconds, blocked: milliseconds.optional() }),
  ),
});

/** In a run folder: by which times its convolutions were chosen, so that a resumed run computes the same bytes. */
export const timesFile = "convolutions.json";

const machineOf = (threads: number): string =>
  `${cpus()[0]?.model.trim() ?? "unknown"}, ${threads} threads, ONNX Runtime ${versions()["onnxruntime"]}`;

const cacheFile = (threads: number): string => join(cacheFolder(), `convolutions-${threads}.json`);

/** What `--tune` has measured here before with as many threads. */
export async function cachedTimes(threads = availableParallelism()): Promise<Map<string, FormTimes>> {
  return await readTimes(cacheFile(threads), machineOf(threads));
}

/** Keeps what was measured for the next runs. */
export async function cacheTimes(
  times: ReadonlyMap<string, FormTimes>,
  threads = availableParallelism(),
): Promise<void> {
  await writeTimes(cacheFile(threads), times, threads);
}

/** Those by which a run's convolutions were chosen; empty where it was trained by the table that comes with Imago. */
export const timesOfRun = (folder: string): Promise<Map<string, FormTimes>> =>
  readTimes(join(folder, timesFile));

export async function keepTimesInRun(
  folder: string,
  times: ReadonlyMap<string, FormTimes>,
  threads = availableParallelism(),
): Promise<void> {
  if (times.size > 0) await writeTimes(join(folder, timesFile), times, threads);
}

/** Times can be measured again: a file that is missing, broken or of another machine counts as none. */
async function readTimes(file: string, machine?: string): Promise<Map<string, FormTimes>> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined || text.length > 5e6) return new Map();
  const parsed = schema.safeParse(parseJson(text));
  if (!parsed.success || (machine !== undefined && parsed.data.machine !== machine)) return new Map();
  return new Map(Object.entries(parsed.data.times));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function writeTimes(
  file: string,
  times: ReadonlyMap<string, FormTimes>,
  threads: number,
): Promise<void> {
  const content = { machine: machineOf(threads), times: Object.fromEntries(times) };
  await atomicWrite(file, `${JSON.stringify(content, null, 2)}\n`);
}
