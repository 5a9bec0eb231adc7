/** How likely held-out examples are: exactly where the model can say, by bounds and estimates where it cannot. */
import {
  annealedImportanceSampling,
  evidenceLowerBound,
  exactLogLikelihood,
  importanceWeightedBound,
  type Likelihood,
  unnormalizedLikelihood,
} from "../../metrics/likelihood/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { OpenRun } from "../open-run.node.ts";
import type { Evaluation, Findings, JudgedScore, Skipped, Subject } from "./evaluation.ts";
import { withTruth } from "./true-likelihood.ts";

/** Examples for estimates that cost hundreds of passes for each. */
const few = { iwae: 1000, ais: 100 } as const;

type Capable = { readonly subject: Subject; readonly run: OpenRun };

export const likelihood: Evaluation = {
  title: "Likelihood of held-out examples",
  metrics: ["log-likelihood", "elbo", "iwae", "ais"],

  unfit({ run }) {
    if (!run) return "likelihoods need a model; two sets of files have none.";
    const { logProb, bound, logWeights, logLikelihood, logUnnormalized } = run.model;
    return logProb || bound || logWeights || logLikelihood || logUnnormalized
      ? undefined
      : `${run.definition.name} has no likelihood.`;
  },

  async measure(subject, wanted): Promise<Findings> {
    const run = subject.run!;
    const { logProb, bound, logWeights, logLikelihood, prior, logUnnormalized, rbm } = run.model;
    const scores: JudgedScore[] = [];
    const skipped: Skipped[] = [];
    const estimate = async (
      metric: string,
      possible: unknown,
      make: () => Promise<readonly JudgedScore[]>,
    ): Promise<void> => {
      if (!wanted(metric)) return;
      if (possible) scores.push(...(await make()));
      else
        skipped.push({
          metric,
          reason: `${run.definition.name} has no ${metric}.`,
          expected: metric !== "log-likelihood" || bound !== undefined,
        });
    };
    const context = { subject, run };
    await estimate("log-likelihood", logProb, () => exact(context));
    await estimate("elbo", bound, () => lowerBound(context));
    await estimate("iwae", logWeights, () => importanceWeighted(context));
    await estimate("ais", (logLikelihood && prior) || (logUnnormalized && rbm), () =>
      rbm ? unnormalized(context) : annealed(context),
    );
    return { scores, skipped };
  },
};

function options({ subject, run }: Capable, stage: string, examples?: number) {
  const { data, reference, progress } = subject;
  const density = run.model.likelihood === "density" && data!.kind === "image";
  return {
    runtime: run.runtime,
    split: reference.split,
    ...(density && { dequantization: "uniform" as const }),
    ...(examples !== undefined && { examples: Math.min(examples, data!.length) }),
    onProgress: (share: number) => progress(stage, Math.round(share * 100), 100),
  };
}

/** Exact log-likelihood, and how much larger that of as many training examples is. */
async function exact(context: Capable): Promise<readonly JudgedScore[]> {
  const { subject, run } = context;
  const logProb = (x: Tensor): Tensor => run.withAverages(() => run.model.logProb!(x));
  const test = await exactLogLikelihood(logProb, subject.data!, options(context, "log-likelihood"));
  const scores = besideTruth(context, test);
  if (!subject.splits?.test) return scores;
  const train = await exactLogLikelihood(logProb, subject.splits.train, {
    ...options(context, "log-likelihood of training examples", test.nats.length),
    split: "train",
  });
  return [...scores, gap(subject, test, train)];
}

/** With the mean true log p of the same examples as the floor, where the data knows it. */
function besideTruth({ subject, run }: Capable, found: Likelihood): JudgedScore[] {
  return withTruth(found, subject.data!, run.model.likelihood === "density");
}

function gap(subject: Subject, test: Likelihood, train: Likelihood): JudgedScore {
  const [testScore, trainScore] = [test.scores[0]!, train.scores[0]!];
  return {
    ...testScore,
    name: "train − test gap",
    value: trainScore.value - testScore.value,
    standardError: Math.hypot(testScore.standardError ?? 0, trainScore.standardError ?? 0),
    better: "lower",
    note: "How much more likely the model finds what it was trained on: overfitting, where it is far above its error.",
    protocol: {
      ...testScore.protocol,
      metric: "likelihood gap",
      fake: train.nats.length,
      reference: subject.reference,
    },
  };
}

async function lowerBound(context: Capable): Promise<readonly JudgedScore[]> {
  const { subject, run } = context;
  const bound = (x: Tensor): Tensor => run.withAverages(() => run.model.bound!(x));
  return besideTruth(context, await evidenceLowerBound(bound, subject.data!, options(context, "ELBO")));
}

async function importanceWeighted(context: Capable): Promise<readonly JudgedScore[]> {
  const { subject, run } = context;
  const logWeights = (x: Tensor, k: number): Tensor => run.withAverages(() => run.model.logWeights!(x, k));
  const settings = options(context, "importance-weighted bound", few.iwae);
  return besideTruth(context, await importanceWeightedBound(logWeights, subject.data!, settings));
}

async function annealed(context: Capable): Promise<readonly JudgedScore[]> {
  const { subject, run } = context;
  const model = {
    prior: run.model.prior!,
    logLikelihood: (x: Tensor, z: Tensor): Tensor => run.withAverages(() => run.model.logLikelihood!(x, z)),
  };
  const settings = options(context, "annealed importance sampling", few.ais);
  return (await annealedImportanceSampling(model, subject.data!, settings)).scores;
}

/** log p̃ less the log Z of the machine that a model names. */
async function unnormalized(context: Capable): Promise<readonly JudgedScore[]> {
  const { subject, run } = context;
  const model = {
    logUnnormalized: (x: Tensor): Tensor => run.withAverages(() => run.model.logUnnormalized!(x)),
    rbm: () => run.withAverages(() => run.model.rbm!()),
  };
  return (
    await unnormalizedLikelihood(model, subject.data!, options(context, "annealed importance sampling"))
  ).scores;
}
