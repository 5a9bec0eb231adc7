/** metrics.jsonl: one line per logged step. */
import { type FileHandle, open, readFile } from "node:fs/promises";
import { z } from "zod";
import { atomicWrite } from "../data/atomic-write.node.ts";
import { errorCode, writingProblem } from "../data/file-problem.node.ts";
import { metricsFile } from "./run-folder.node.ts";

/** Not-a-number and infinity are null in JSON. */
const value = z.number().nullable();

const lineSchema = z.object({
  step: z.int().nonnegative(),
  epoch: z.number(),
  losses: z.record(z.string(), value),
  gradNorms: z.record(z.string(), value),
  examplesPerSecond: z.number(),
  /** Seconds of training so far, over all sittings. */
  seconds: z.number(),
  /** Of these, seconds in which the device waited for data. */
  waiting: z.number().optional(),
});

export type MetricsLine = z.infer<typeof lineSchema>;

/** The logged steps of a run, in order. A last line that was cut off by a kill is left out. */
export async function readMetrics(folder: string): Promise<MetricsLine[]> {
  let text: string;
  try {
    text = await readFile(metricsFile(folder), "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
  return text.split("\n").flatMap((line) => {
    const parsed = lineSchema.safeParse(jsonOf(line));
    return parsed.success ? [parsed.data] : [];
  });
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

export interface MetricsLog {
  add(line: MetricsLine): Promise<void>;
  close(): Promise<void>;
}

/** Opens the log for lines after `step`; what was logged beyond it, before a kill, is taken out. */
export async function openMetrics(folder: string, step: number): Promise<MetricsLog> {
  const file = metricsFile(folder);
  const kept = (await readMetrics(folder)).filter((line) => line.step <= step);
  await atomicWrite(file, kept.map((line) => `${JSON.stringify(line)}\n`).join(""));
  let handle: FileHandle;
  try {
    handle = await open(file, "a");
  } catch (error) {
    throw writingProblem(error, file);
  }
  return {
    async add(line) {
      try {
        await handle.appendFile(`${JSON.stringify(line)}\n`);
      } catch (error) {
        throw writingProblem(error, file);
      }
    },
    close: () => handle.close(),
  };
}
