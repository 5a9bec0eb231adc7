import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { atomicWrite } from "../data/atomic-write.node.ts";
import { reportEvaluation } from "./eval/store.node.ts";
import { evenly } from "./evenly.ts";
import { readMetrics } from "./metrics-log.node.ts";
import { type Frame, reportPage } from "./report-page.ts";
import { filesByStep, readManifest, reportFile } from "./run-folder.node.ts";

/** Enough for a slider to look smooth; a report stays small enough to send. */
const mostFrames = 24;
const mostBytes = 12_000_000;

/** Writes report.html, one file with the curves, the pictures and the settings of a run. Returns its path. */
export async function writeReport(folder: string, title?: string): Promise<string> {
  const manifest = await readManifest(folder);
  const file = reportFile(folder);
  const page = reportPage({
    name: basename(folder),
    title: title ?? manifest.model.name,
    manifest,
    metrics: await readMetrics(folder),
    samples: await frames(join(folder, "samples")),
    reconstructions: await frames(join(folder, "reconstructions")),
    predictions: await frames(join(folder, "predictions")),
    evaluation: await reportEvaluation(folder),
  });
  await atomicWrite(file, page);
  return file;
}

/**
 * The pictures of a folder, evenly thinned where they are many or large; the first and the last always stay.
 */
async function frames(folder: string): Promise<Frame[]> {
  const all = await filesByStep(folder, ".png");
  const last = all.at(-1);
  if (!last) return [];
  const size = (await readFile(last.file)).length;
  const room = Math.max(2, Math.min(mostFrames, Math.floor(mostBytes / size)));
  return Promise.all(
    evenly(all, room).map(async ({ step, file }) => ({
      step,
      image: `data:image/png;base64,${(await readFile(file)).toString("base64")}`,
    })),
  );
}
