/** eval.json: scores with their protocols. It may come from anywhere, so it is checked before it is believed. */
import { z } from "zod";
import { protocolDifferences } from "../../metrics/index.ts";
import { UserError } from "../../tensor/index.ts";
import type { JudgedScore } from "./evaluation.ts";

const finite = z.number();
const protocol = z.object({
  metric: z.string(),
  convention: z.string(),
  extractor: z.object({ name: z.string(), hash: z.string() }).optional(),
  resizer: z.string().optional(),
  reference: z.object({ name: z.string(), split: z.string(), fingerprint: z.string() }).optional(),
  real: z.int().nonnegative().optional(),
  fake: z.int().nonnegative().optional(),
  seed: z.int().nonnegative().optional(),
  settings: z.record(z.string(), z.union([finite, z.string(), z.boolean()])).optional(),
});
/** JSON has no infinities and no NaN; a metric may have them. */
const number = z.union([
  finite,
  z.enum(["Infinity", "-Infinity", "NaN"]).transform((text): number => Number(text)),
]);
const score = z.object({
  name: z.string(),
  value: number,
  standardError: number.optional(),
  better: z.enum(["lower", "higher"]).optional(),
  unit: z.string().optional(),
  note: z.string().optional(),
  details: z.record(z.string(), z.union([number, z.array(number)])).optional(),
  floor: number.optional(),
  /** The step of the checkpoint that was evaluated, for a run. */
  step: z.int().nonnegative().optional(),
  created: z.string(),
  protocol,
});
const figure = z.object({
  file: z.string().regex(/^[a-z0-9-]+\.(png|svg)$/),
  title: z.string(),
  caption: z.string(),
});
const schema = z.object({
  imago: z.string(),
  scores: z.array(score).max(10_000),
  figures: z.array(figure).max(100),
});

/** A stored score: also when it was measured, and at which step. */
export interface StoredScore extends JudgedScore {
  readonly step?: number;
  readonly created: string;
}

/** What eval.json holds. Figures lie beside it in the folder eval/. */
export interface EvalFile {
  readonly imago: string;
  readonly scores: readonly StoredScore[];
  readonly figures: readonly { readonly file: string; readonly title: string; readonly caption: string }[];
}

/** Checks the text of an eval.json. `where` names the file. Throws a UserError where it does not hold. */
export function parseEvalFile(text: string, where: string): EvalFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new UserError(`${where} is no JSON; it is damaged: remove it and evaluate again.`);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data as EvalFile;
  const issue = parsed.error.issues[0];
  const place = issue?.path.join(".") || "the whole";
  throw new UserError(
    `${where} does not hold evaluations: ${place} does not fit (${issue?.message ?? "unknown"}); remove it and evaluate again.`,
  );
}

/** The text of an eval.json. */
export function formatEvalFile(file: EvalFile): string {
  const exact = (_: string, value: unknown): unknown =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  return `${JSON.stringify(file, exact, 2)}\n`;
}

/** Adds new scores: one of equal name, protocol and step takes the place of the older, all others stay. */
export function mergeEvaluations(before: EvalFile | undefined, now: EvalFile): EvalFile {
  if (!before) return now;
  const replaced = (old: StoredScore): boolean =>
    now.scores.some(
      (score) =>
        score.name === old.name &&
        score.step === old.step &&
        protocolDifferences(score.protocol, old.protocol).length === 0,
    );
  const files = new Set(now.figures.map(({ file }) => file));
  return {
    imago: now.imago,
    scores: [...before.scores.filter((old) => !replaced(old)), ...now.scores],
    figures: [...before.figures.filter(({ file }) => !files.has(file)), ...now.figures],
  };
}
