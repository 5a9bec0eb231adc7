/** Where evaluations of a run lie: eval.json, and the figures in eval/. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { atomicWrite } from "../../data/atomic-write.node.ts";
import { errorCode } from "../../data/file-problem.node.ts";
import { UserError } from "../../tensor/index.ts";
import type { ReportEvaluation } from "../report-eval.ts";
import {
  type EvalFile,
  formatEvalFile,
  mergeEvaluations,
  parseEvalFile,
  type StoredScore,
} from "./eval-file.ts";
import type { Figure } from "./evaluation.ts";

const evalFile = (folder: string): string => join(folder, "eval.json");
/** Bytes; an eval.json of thousands of scores is smaller. */
const largest = 50_000_000;

/** The evaluations of a file, or undefined where there is none. Throws a UserError where it does not hold. */
export async function readEvalFile(file: string): Promise<EvalFile | undefined> {
  try {
    const bytes = await readFile(file);
    if (bytes.length > largest)
      throw new UserError(`${file} has ${bytes.length} bytes; that is no eval.json.`);
    return parseEvalFile(bytes.toString("utf8"), file);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    if (error instanceof UserError) throw error;
    throw new UserError(`Cannot read ${file} (${errorCode(error) ?? "unknown error"}).`, { cause: error });
  }
}

/** The evaluations of a run's folder. */
export async function readEvaluations(folder: string): Promise<EvalFile | undefined> {
  return await readEvalFile(evalFile(folder));
}

/** Adds scores and figures to a run's eval.json; what was there stays, except for the same number measured again. */
export async function addEvaluations(
  folder: string,
  { imago, scores, figures }: { imago: string; scores: readonly StoredScore[]; figures: readonly Figure[] },
): Promise<string> {
  for (const figure of figures) await atomicWrite(join(folder, "eval", fileName(figure)), bytesOf(figure));
  const listed = figures.map((figure) => ({
    file: fileName(figure),
    title: figure.title,
    caption: figure.caption,
  }));
  const merged = mergeEvaluations(await readEvaluations(folder), { imago, scores, figures: listed });
  await atomicWrite(evalFile(folder), formatEvalFile(merged));
  return evalFile(folder);
}

/** What the report shows of a run's evaluations. A figure whose file is gone is left out. */
export async function reportEvaluation(folder: string): Promise<ReportEvaluation> {
  const stored = await readEvaluations(folder);
  if (!stored) return { scores: [], figures: [] };
  const figures = await Promise.all(
    stored.figures.map(async ({ file, title, caption }) => {
      const bytes = await readFile(join(folder, "eval", file)).catch(() => undefined);
      const type = file.endsWith(".svg") ? "image/svg+xml" : "image/png";
      return bytes && { title, caption, image: `data:${type};base64,${bytes.toString("base64")}` };
    }),
  );
  return { scores: stored.scores, figures: figures.filter((figure) => figure !== undefined) };
}

const fileName = ({ name, content }: Figure): string => `${name}.${"svg" in content ? "svg" : "png"}`;

const bytesOf = ({ content }: Figure): string | Uint8Array => ("svg" in content ? content.svg : content.png);
