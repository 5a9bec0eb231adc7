/**
 * Checkpoints: every variable of the runtime (parameters, moments, averages, statistics) with the step and
 * the counters of the random numbers. Nothing in them depends on time or place, so equal training gives equal
 * bytes.
 */
import { createHash } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { basename } from "node:path";
import { z } from "zod";
import { atomicWrite } from "../data/atomic-write.node.ts";
import { errorCode } from "../data/file-problem.node.ts";
import type { Runtime } from "../runtime/index.ts";
import { formatShape, sameShape, UserError } from "../tensor/index.ts";
import type { Manifest } from "./manifest.ts";
import { checkpointFile, checkpointFolder, filesByStep } from "./run-folder.node.ts";
import { decodeSafetensors, encodeSafetensors, payloadParts, type StoredTensor } from "./safetensors.ts";
import { samplerPrefix } from "./sequential.ts";

const format = "imago-checkpoint-1";

const metadataSchema = z.object({
  format: z.literal(format),
  model: z.string(),
  step: z.string().regex(/^\d+$/).transform(Number),
  counters: z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: "custom", message: "no JSON" });
        return z.NEVER;
      }
    })
    .pipe(z.record(z.string(), z.int().nonnegative())),
  sha256: z.string(),
});

/** A checkpoint that was read and found whole. */
export interface Checkpoint {
  readonly file: string;
  readonly step: number;
  /** Calls made by each compiled function that trains. */
  readonly counters: { readonly [name: string]: number };
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** What a checkpoint belongs to: the model with its options, and the shape of its examples. */
export function modelKey({ model, options, data }: Pick<Manifest, "model" | "options" | "data">): string {
  return JSON.stringify([model.name, sortedJson(options), data.shape, data.classes ?? 0]);
}

function sortedJson(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortedJson(inner)]));
}

/** The value of every variable. */
export async function readState(runtime: Runtime): Promise<Map<string, StoredTensor>> {
  const tensors = new Map<string, StoredTensor>();
  const kept = runtime.names().filter((name) => !name.startsWith(samplerPrefix));
  for (const name of kept) tensors.set(name, await runtime.get(name));
  return tensors;
}

/** Writes a checkpoint; returns the file. */
export async function saveCheckpoint(
  folder: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  at: { step: number; counters: { readonly [name: string]: number }; model: string },
): Promise<string> {
  const metadata = {
    format,
    model: at.model,
    step: String(at.step),
    counters: JSON.stringify(sortedJson(at.counters)),
    sha256: sha256(payloadParts(tensors)),
  };
  const file = checkpointFile(folder, at.step);
  await atomicWrite(file, encodeSafetensors(tensors, metadata));
  return file;
}

function sha256(parts: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

/** Reads a checkpoint and checks that it is whole and belongs to `model` (of `modelKey`). */
async function readCheckpoint(file: string, model: string): Promise<Checkpoint> {
  const what = `checkpoint ${file}`;
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new UserError(`Cannot read the ${what} (${errorCode(error) ?? "unknown error"}).`, {
      cause: error,
    });
  }
  const { tensors, metadata, payload } = decodeSafetensors(bytes, what);
  const known = metadataSchema.safeParse(metadata);
  if (!known.success) {
    throw new UserError(
      `The ${what} was not written by Imago, or by another version of it; use one of its own.`,
    );
  }
  const { step, counters, sha256: expected } = known.data;
  if (known.data.model !== model) {
    throw new UserError(
      `The ${what} is of another model than its run's manifest.json says (${known.data.model}, not ${model}); put the right one back.`,
    );
  }
  if (sha256([payload]) !== expected) {
    throw new UserError(
      `The ${what} is damaged: its numbers do not match their checksum; use another checkpoint or an untouched copy.`,
    );
  }
  return { file, step, counters, tensors };
}

export type Newest = {
  checkpoint: Checkpoint | undefined;
  /** Newer ones that could not be used: one sentence each. */
  skipped: string[];
};

/** The newest checkpoint that is whole. Throws where there are some and none can be used. */
export async function newestCheckpoint(folder: string, model: string): Promise<Newest> {
  const skipped: string[] = [];
  for (const { file } of (await filesByStep(checkpointFolder(folder), ".safetensors")).reverse()) {
    try {
      return { checkpoint: await readCheckpoint(file, model), skipped };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      skipped.push(error.message);
    }
  }
  if (skipped.length > 0) throw new UserError(skipped[0]!);
  return { checkpoint: undefined, skipped };
}

/** Gives every variable of the runtime its value from the checkpoint. They must be the same variables. */
export async function restoreCheckpoint(runtime: Runtime, { file, tensors }: Checkpoint): Promise<void> {
  const misfit = (why: string): UserError =>
    new UserError(
      `The checkpoint ${file} does not fit the model: ${why}; use the model and options it was made with.`,
    );
  const names = new Set(runtime.names());
  const missing = [...names].find((name) => !tensors.has(name));
  if (missing) throw misfit(`it has no "${missing}"`);
  const extra = [...tensors.keys()].find((name) => !names.has(name));
  if (extra) throw misfit(`it has a "${extra}" that the model has not`);
  for (const [name, { shape }] of tensors) {
    const own = (await runtime.get(name)).shape;
    if (!sameShape(own, shape))
      throw misfit(`its "${name}" is ${formatShape(shape)}, the model's ${formatShape(own)}`);
  }
  for (const [name, tensor] of tensors) await runtime.set(name, tensor);
}

/**
 * Deletes all but the newest `keep` checkpoints up to `step`, and those after it: of a future that was given
 * up.
 */
export async function pruneCheckpoints(folder: string, step: number, keep: number): Promise<void> {
  const all = await filesByStep(checkpointFolder(folder), ".safetensors");
  const past = all.filter((c) => c.step <= step);
  const old = past.slice(0, Math.max(0, past.length - keep));
  await Promise.all(
    [...old, ...all.filter((c) => c.step > step)].map(({ file }) => rm(file, { force: true })),
  );
}

/** The checkpoint of one step of a run. Throws a UserError that lists those there are. */
export async function checkpointAt(folder: string, model: string, step: number): Promise<Checkpoint> {
  const all = await filesByStep(checkpointFolder(folder), ".safetensors");
  const found = all.find((c) => c.step === step);
  if (found) return readCheckpoint(found.file, model);
  const steps = all.map((c) => c.step).join(", ") || "none";
  throw new UserError(`The run ${basename(folder)} has no checkpoint of step ${step}; it has ${steps}.`);
}
