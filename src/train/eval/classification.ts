/** How often a classifier is right on examples that it was not trained on. */
import { testAccuracy } from "../test-accuracy.node.ts";
import type { Evaluation, Findings } from "./evaluation.ts";
import { withProtocol } from "./protocols.ts";

export const classification: Evaluation = {
  title: "Classification",
  quiet: true,
  metrics: ["accuracy"],

  unfit: ({ run }) =>
    run?.model.classify ? undefined : `${run?.definition.name ?? "it"} does not classify.`,

  async measure(subject): Promise<Findings> {
    const { accuracy, examples, byClass } = await testAccuracy(subject.run!);
    const about = {
      metric: "accuracy",
      convention: "share of examples whose largest score is at their label",
      usesFeatures: false,
      real: examples,
    };
    const standardError = Math.sqrt((accuracy * (1 - accuracy)) / examples);
    const score = { name: "accuracy", value: accuracy, standardError, better: "higher" as const };
    return { scores: withProtocol(subject, about, [{ ...score, details: { byClass } }]) };
  },
};
