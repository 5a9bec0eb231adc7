/** Quality and diversity of samples: every metric of the registry that has what it needs. */
import { type MetricInput, type SampleMetric, sampleMetrics } from "../../metrics/index.ts";
import { UserError } from "../../tensor/index.ts";
import type { Evaluation, Findings, JudgedScore, Side, Subject } from "./evaluation.ts";
import { withProtocol } from "./protocols.ts";

/** Pictures that a metric over pictures may look at: more would not fit into memory at large sizes. */
const mostPictures = 2000;

export const quality: Evaluation = {
  title: "Quality and diversity",
  metrics: sampleMetrics.map(({ name }) => name),
  unfit: ({ fake, run }) =>
    fake ? undefined : `${run?.definition.name ?? "it"} cannot sample, so there is nothing to compare.`,

  async measure(subject, wanted): Promise<Findings> {
    const scores: JudgedScore[] = [];
    const chosen = sampleMetrics.filter((metric) => wanted(metric.name));
    if (chosen.length === 0) return { scores };
    const has = { ...(await available(subject)), least: Math.min(subject.real.count, subject.fake!.count) };
    const skipped = chosen.flatMap((metric) => {
      const reason = obstacle(metric, has);
      return reason === undefined ? [] : [{ metric: metric.name, reason }];
    });
    const ready = chosen.filter(({ name }) => !skipped.some(({ metric }) => metric === name));
    for (const [i, metric] of ready.entries()) {
      const part = (share: number): void => subject.progress(metric.title, i + share, ready.length);
      part(0);
      try {
        scores.push(...(await measureOne(subject, metric, part)));
      } catch (error) {
        // Pictures may be too small for a metric, or features degenerate: the other metrics are still worth having.
        if (!(error instanceof UserError)) throw error;
        skipped.push({ metric: metric.name, reason: error.message });
      }
    }
    return { scores, skipped };
  },
};

async function measureOne(
  subject: Subject,
  metric: SampleMetric,
  onProgress: (share: number) => void,
): Promise<JudgedScore[]> {
  const { name, convention, settings } = metric;
  const found = await metric.measure(await input(subject, subject.fake!, metric, onProgress));
  const floor = subject.floor
    ? await metric.measure(await input(subject, subject.floor, metric, () => {}))
    : [];
  return withProtocol(subject, { metric: name, convention, settings }, found, floor);
}

type Available = { readonly [need in SampleMetric["needs"]]: boolean };

async function available({ fake, kind }: Subject): Promise<Available> {
  const { probabilities } = await fake!.extracted();
  const images = kind === "image" && fake!.pictures !== undefined;
  return { features: true, probabilities: probabilities !== undefined, images };
}

/** Why a metric cannot be measured, with what would help. */
function obstacle(
  { name, needs, least }: SampleMetric,
  has: Available & { least: number },
): string | undefined {
  if (!has[needs] && needs === "probabilities")
    return `${name} needs class probabilities; name a classifier by --features (imago train classifier).`;
  if (!has[needs]) return `${name} needs pictures; there are none.`;
  if (has.least < least)
    return `${name} needs at least ${least} examples on each side, there are ${has.least}.`;
  return undefined;
}

async function input(
  { real, runtime, seed }: Subject,
  judged: Side,
  metric: SampleMetric,
  onProgress: (share: number) => void,
): Promise<MetricInput> {
  const { features, probabilities } = await judged.extracted();
  const first = Array.from({ length: Math.min(judged.count, mostPictures) }, (_, i) => i);
  const images = metric.needs === "images" ? await judged.pictures!(first) : undefined;
  return {
    real: (await real.extracted()).features,
    fake: features,
    ...(probabilities && { probabilities }),
    ...(images && { images }),
    runtime,
    seed,
    onProgress,
  };
}
