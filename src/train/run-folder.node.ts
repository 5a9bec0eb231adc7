/** Where things are in a run's folder, and how a new folder gets its name. */
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { atomicWrite } from "../data/atomic-write.node.ts";
import { errorCode, writingProblem } from "../data/file-problem.node.ts";
import { UserError } from "../tensor/index.ts";
import { type Manifest, parseManifest } from "./manifest.ts";

/** "000500": names sort as numbers do. */
export const stepName = (step: number): string => String(step).padStart(6, "0");

const manifestFile = (folder: string): string => join(folder, "manifest.json");
export const metricsFile = (folder: string): string => join(folder, "metrics.jsonl");
export const reportFile = (folder: string): string => join(folder, "report.html");
export const sampleFile = (folder: string, step: number): string =>
  join(folder, "samples", `${stepName(step)}.png`);
export const reconstructionFile = (folder: string, step: number): string =>
  join(folder, "reconstructions", `${stepName(step)}.png`);
export const predictionFile = (folder: string, step: number): string =>
  join(folder, "predictions", `${stepName(step)}.png`);
export const checkpointFolder = (folder: string): string => join(folder, "checkpoints");
export const checkpointFile = (folder: string, step: number): string =>
  join(checkpointFolder(folder), `${stepName(step)}.safetensors`);

/** Files named by their step in a folder of the run, oldest first. */
export async function filesByStep(
  folder: string,
  extension: string,
): Promise<{ step: number; file: string }[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .map((name) => ({ name, step: Number(name.slice(0, -extension.length)) }))
    .filter(({ name, step }) => name.endsWith(extension) && /^\d+\./.test(name) && Number.isInteger(step))
    .map(({ name, step }) => ({ step, file: join(folder, name) }))
    .sort((a, b) => a.step - b.step);
}

export type NewFolder = {
  /** The folder itself; otherwise `runs/<model>-<data>-NNNN` with the next free number. */
  out?: string | undefined;
  /** Folder of the numbered runs. Default "runs". */
  runs?: string | undefined;
  /** Empties a folder that holds something. */
  overwrite?: boolean | undefined;
};

/** Makes the folder of a new run. Throws a UserError where it exists and is not empty. */
export async function makeRunFolder(model: string, data: string, options: NewFolder): Promise<string> {
  if (options.out !== undefined) return takeFolder(resolve(options.out), options.overwrite ?? false);
  const runs = resolve(options.runs ?? "runs");
  const stem = `${slug(model)}-${slug(data)}-`;
  try {
    await mkdir(runs, { recursive: true });
    for (let number = 1 + lastNumber(await readdir(runs), stem); ; number++) {
      const folder = join(runs, `${stem}${String(number).padStart(4, "0")}`);
      if (await madeAnew(folder)) return folder;
    }
  } catch (error) {
    throw writingProblem(error, runs);
  }
}

async function takeFolder(folder: string, overwrite: boolean): Promise<string> {
  try {
    if (await madeAnew(folder)) return folder;
    const held = await readdir(folder);
    if (held.length > 0 && !overwrite) {
      throw new UserError(
        existsSync(manifestFile(folder))
          ? `${folder} holds a run already; go on with it by "imago resume", name another folder, or overwrite it.`
          : `${folder} is not empty; name another folder, or overwrite it.`,
      );
    }
    // Only what a run consists of: a wrong --out must not empty somebody's folder of pictures.
    if (held.length > 0)
      await Promise.all(runParts(folder).map((p) => rm(p, { recursive: true, force: true })));
    return folder;
  } catch (error) {
    throw writingProblem(error, folder);
  }
}

function runParts(folder: string): string[] {
  const parts = ["samples", "reconstructions", "predictions", "checkpoints"].map((name) =>
    join(folder, name),
  );
  return [...parts, manifestFile(folder), metricsFile(folder), reportFile(folder)];
}

/** Whether the folder was not there and now is; two runs that start at once never get the same one. */
async function madeAnew(folder: string): Promise<boolean> {
  try {
    await mkdir(resolve(folder, ".."), { recursive: true });
    await mkdir(folder);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

function lastNumber(names: readonly string[], stem: string): number {
  const numbers = names
    .filter((name) => name.startsWith(stem) && /^\d+$/.test(name.slice(stem.length)))
    .map((name) => Number(name.slice(stem.length)));
  return Math.max(0, ...numbers);
}

/** Letters, digits and hyphens: usable in file names everywhere. */
export function slug(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .slice(0, 40) || "data"
  );
}

/**
 * The folder of a run given by its path or by its name under `runs`. Throws a UserError where there is none.
 */
export async function findRun(nameOrFolder: string, runs = "runs"): Promise<string> {
  const places = [resolve(nameOrFolder), resolve(runs, nameOrFolder)];
  const found = places.find((place) => existsSync(manifestFile(place)));
  if (found) return found;
  const names = await readdir(runs).catch(() => []);
  const known = names.filter((name) => existsSync(manifestFile(join(runs, name)))).slice(-5);
  const hint =
    known.length > 0
      ? `the latest are ${known.join(", ")}`
      : "there are none yet; start one with imago train";
  throw new UserError(`There is no run "${nameOrFolder}" (no manifest.json in it or in ${runs}/); ${hint}.`);
}

/** Reads and checks a run's manifest. */
export async function readManifest(folder: string): Promise<Manifest> {
  const file = manifestFile(folder);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new UserError(
      `Cannot read ${file} (${errorCode(error) ?? "unknown error"}); is it the folder of a run?`,
      {
        cause: error,
      },
    );
  }
  return parseManifest(text, file);
}

export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  await atomicWrite(manifestFile(folder), `${JSON.stringify(manifest, null, 2)}\n`);
}
