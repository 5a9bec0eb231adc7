/** `imago eval`: measures a run, or two sets of files, and writes down what it finds. */
import { existsSync } from "node:fs";
import { atomicWrite } from "../../data/atomic-write.node.ts";
import { createRuntime, type Runtime } from "../../runtime/index.ts";
import { UserError } from "../../tensor/index.ts";
import { openRun } from "../open-run.node.ts";
import { checkFree } from "../output.node.ts";
import { writeReport } from "../report.node.ts";
import { imagoVersion } from "../versions.node.ts";
import { formatEvalFile, type StoredScore } from "./eval-file.ts";
import { type Measurements, measure } from "./measure.ts";
import { addEvaluations } from "./store.node.ts";
import { filesSubject } from "./subject-of-files.node.ts";
import { runSubject } from "./subject-of-run.node.ts";

export interface EvaluateOptions {
  /** Names of metrics; default: all that fit. */
  readonly metrics?: readonly string[];
  /** "pixels", a run of `imago train classifier`, or an ONNX file with its sidecar. */
  readonly features?: string;
  /** Examples on each side. Default 10,000, or as many as there are. */
  readonly count?: number;
  /** Which samples, subsets and projections. Default 0. */
  readonly seed?: number;
  /** Whether to measure real examples against real ones too. Default true. */
  readonly floor?: boolean;
  readonly device?: "auto" | "cpu" | "webgpu" | "cuda";
  readonly threads?: number;
  readonly onProgress?: (stage: string, done: number, total: number) => void;
}

export interface EvaluateRunOptions extends EvaluateOptions {
  /** Real examples other than the run's own data. */
  readonly data?: string;
  /** Step of the checkpoint. Default: the newest. */
  readonly checkpoint?: number;
}

export interface EvaluateFilesOptions extends EvaluateOptions {
  /** Data specifications, folders of pictures, or .npy files; name:train and name:test choose a split. */
  readonly real: string;
  readonly fake: string;
  /** Side that the pictures of both are scaled to. */
  readonly size?: number;
  /** A .json file for the scores. */
  readonly out?: string;
  readonly overwrite?: boolean;
}

/** What was found, and where it was written. */
export interface Judged extends Measurements {
  /** Sentences about what was assumed. */
  readonly notes: readonly string[];
  readonly file?: string;
  readonly report?: string;
}

/**
 * Measures all that fits a run's model, adds it to the run's eval.json and report.html, and returns it. Throws (UserError)
 * where there is no such run, a metric does not exist, or one that was named cannot be measured.
 */
export async function evaluateRun(name: string, options: EvaluateRunOptions = {}): Promise<Judged> {
  const { checkpoint, device = "auto", threads, metrics } = options;
  const runtime = createRuntime({ device, ...(threads !== undefined && { threads }) });
  const statistics = createRuntime({ device: "cpu", ...(threads !== undefined && { threads }) });
  try {
    const run = await openRun(name, { runtime, ...(checkpoint !== undefined && { checkpoint }) });
    const { subject, notes, dispose } = await runSubject(run, statistics, options);
    try {
      const found = await measure(subject, metrics);
      const file = await addEvaluations(run.folder, {
        imago: imagoVersion(),
        scores: stored(found, run.step),
        figures: found.figures,
      });
      const report = await writeReport(run.folder, run.definition.title);
      return { ...found, notes, file, report };
    } finally {
      await dispose();
    }
  } finally {
    await disposeAll(runtime, statistics);
  }
}

/** Measures one set of examples against another. Throws (UserError) as evaluateRun does. */
export async function evaluateFiles(options: EvaluateFilesOptions): Promise<Judged> {
  const { out, overwrite = false, threads, metrics } = options;
  if (out !== undefined && !out.endsWith(".json")) {
    throw new UserError(`--out ${out}: scores are written as JSON; name a file that ends in .json.`);
  }
  if (out !== undefined && existsSync(out)) checkFree({ out, overwrite });
  const runtime = createRuntime({ device: "cpu", ...(threads !== undefined && { threads }) });
  try {
    const { subject, notes, dispose } = await filesSubject(runtime, options);
    try {
      const found = await measure(subject, metrics);
      if (out === undefined) return { ...found, notes };
      await atomicWrite(out, formatEvalFile({ imago: imagoVersion(), scores: stored(found), figures: [] }));
      return { ...found, notes, file: out };
    } finally {
      await dispose();
    }
  } finally {
    await runtime.dispose();
  }
}

function stored({ sections }: Measurements, step?: number): StoredScore[] {
  const created = new Date().toISOString();
  return sections.flatMap(({ scores }) =>
    scores.map((score) => ({ ...score, ...(step !== undefined && { step }), created })),
  );
}

async function disposeAll(...runtimes: readonly Runtime[]): Promise<void> {
  for (const runtime of runtimes) await runtime.dispose();
}
