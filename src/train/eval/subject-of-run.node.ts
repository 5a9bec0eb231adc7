/** A run as the subject of an evaluation: which examples count as real, how many, and how they become features. */
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Dataset, Splits } from "../../data/dataset.ts";
import type { Runtime } from "../../runtime/index.ts";
import type { FeatureExtractor } from "../extractors/extractor.ts";
import { openExtractor } from "../extractors/open-extractor.node.ts";
import { createSampler } from "../latents.node.ts";
import type { OpenRun } from "../open-run.node.ts";
import { runData } from "../run-data.node.ts";
import { readManifest } from "../run-folder.node.ts";
import type { EvaluateRunOptions } from "./evaluate.node.ts";
import type { Side, Subject } from "./evaluation.ts";
import { datasetSide, samplesSide } from "./sides.node.ts";

/** Examples on each side unless the user says otherwise: the bias of the Fréchet distance is small from here on. */
export const defaultCount = 10_000;

export interface OpenSubject {
  readonly subject: Subject;
  readonly notes: readonly string[];
  dispose(): Promise<void>;
}

/** Prepares the evaluation of a run; nothing is sampled or extracted before it is asked for. */
export async function runSubject(
  run: OpenRun,
  runtime: Runtime,
  options: EvaluateRunOptions,
): Promise<OpenSubject> {
  const { seed = 0, floor = true, onProgress: progress = () => {} } = options;
  const splits = await runData(run, options.data);
  const data = splits.test ?? splits.train;
  const notes: string[] = [];
  const chosen = options.features ?? (await classifierFor(run, notes));
  const extractor = await openExtractor(chosen, data);
  const count = Math.min(options.count ?? defaultCount, splits.test ? data.length : half(data));
  const name = basename(run.folder);
  const side = { count, seed, extractor, progress };
  const subject: Subject = {
    ...{ kind: run.spec.kind, seed, runtime, run, splits, data, progress },
    reference: {
      name: data.name,
      split: splits.test ? "test" : "train",
      fingerprint: data.fingerprint,
    },
    extractor: { name: extractor.name, hash: extractor.hash },
    extract: extractor.extract,
    ...(extractor.resizer !== undefined && { resizer: extractor.resizer }),
    real: datasetSide(data, { ...side, name: `${data.name} ${splits.test ? "test" : "train"}` }),
    ...(floor && { floor: floorSide(splits, side) }),
    ...(canSample(run) && {
      fake: samplesSide(createSampler(run), { ...side, name, kind: run.spec.kind }),
    }),
    training: datasetSide(splits.train, {
      ...{ ...side, count: splits.train.length },
      name: `${splits.train.name} train`,
    }),
  };
  return { subject, notes, dispose: () => extractor.dispose() };
}

const canSample = ({ model }: OpenRun): boolean =>
  model.sample !== undefined || (model.generate !== undefined && model.prior !== undefined);

const half = (data: Dataset): number => Math.floor(data.length / 2);

/** Real examples that are not those of the reference. */
function floorSide(
  { train, test }: Splits,
  side: { count: number; seed: number; extractor: FeatureExtractor; progress: Subject["progress"] },
): Side {
  const count = Math.min(side.count, train.length);
  const first = test ? 0 : count;
  return datasetSide(train, { ...side, count, first, name: `other real examples of ${train.name}` });
}

/** The newest classifier among the runs beside this one that learned from the same data; otherwise raw pixels. */
async function classifierFor({ folder, manifest }: OpenRun, notes: string[]): Promise<string> {
  if (manifest.data.kind === "points") return "pixels";
  const runs = dirname(folder);
  const names = (await readdir(runs).catch(() => [])).filter((name) =>
    existsSync(join(runs, name, "manifest.json")),
  );
  const found: { folder: string; created: string }[] = [];
  for (const name of names) {
    const other = await readManifest(join(runs, name)).catch(() => undefined);
    if (
      other?.model.name === "classifier" &&
      other.data.fingerprint === manifest.data.fingerprint &&
      existsSync(join(runs, name, "checkpoints"))
    ) {
      found.push({ folder: join(runs, name), created: other.created });
    }
  }
  const newest = found.sort((a, b) => b.created.localeCompare(a.created))[0];
  if (newest) {
    notes.push(`Features: those of ${basename(newest.folder)}, which was trained on the same data.`);
    return newest.folder;
  }
  notes.push(
    "Features: raw pixels, which say little about what a picture shows; a classifier is better: " +
      `imago train classifier --data ${manifest.data.spec}, then evaluate again.`,
  );
  return "pixels";
}
