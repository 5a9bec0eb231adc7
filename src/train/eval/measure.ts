/** Makes every evaluation that fits a subject. */
import { closest } from "../../models/closest.ts";
import { UserError } from "../../tensor/index.ts";
import type { Figure, JudgedScore, Skipped, Subject } from "./evaluation.ts";
import { evaluations, metricNames } from "./evaluations.ts";

export interface Measurements {
  /** Scores under the title of their evaluation. */
  readonly sections: readonly { readonly title: string; readonly scores: readonly JudgedScore[] }[];
  readonly figures: readonly Figure[];
  readonly skipped: readonly Skipped[];
}

/**
 * Measures `metrics`, or all that fit the subject where none are named. Throws (UserError) where a named metric does not exist
 * or cannot be measured, with the reason.
 */
export async function measure(subject: Subject, metrics?: readonly string[]): Promise<Measurements> {
  checkNames(metrics ?? []);
  const sections: { title: string; scores: readonly JudgedScore[] }[] = [];
  const figures: Figure[] = [];
  const skipped: Skipped[] = [];
  for (const evaluation of evaluations) {
    const wanted = (metric: string): boolean => metrics?.includes(metric) ?? !onRequest.includes(metric);
    if (!evaluation.metrics.some(wanted)) continue;
    const reason = evaluation.unfit(subject);
    if (reason !== undefined) {
      if (metrics) throw new UserError(`${evaluation.metrics.filter(wanted).join(", ")}: ${reason}`);
      if (!evaluation.quiet) skipped.push({ metric: evaluation.title, reason });
      continue;
    }
    const found = await evaluation.measure(subject, wanted);
    if (metrics && found.skipped?.[0]) throw new UserError(found.skipped[0].reason);
    if (found.scores.length > 0) sections.push({ title: evaluation.title, scores: found.scores });
    figures.push(...(found.figures ?? []));
    skipped.push(...(found.skipped ?? []).filter(({ expected }) => !expected));
  }
  return { sections, figures, skipped };
}

/** Too slow, or too little trusted, to be measured unasked. */
const onRequest: readonly string[] = ["ais", "parzen", "ppl"];

function checkNames(metrics: readonly string[]): void {
  const unknown = metrics.find((name) => !metricNames.includes(name));
  if (unknown === undefined) return;
  const near = closest(unknown, metricNames);
  const hint =
    near.length > 0 ? `did you mean ${near.join(" or ")}?` : `there are ${metricNames.join(", ")}.`;
  throw new UserError(`There is no metric ${unknown}; ${hint}`);
}
