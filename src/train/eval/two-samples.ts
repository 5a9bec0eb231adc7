/** Whether samples and data could be from one distribution: two-sample tests with p-values. */
import { compareSamples, twoSampleTests } from "../../metrics/two-sample/index.ts";
import type { Evaluation, Figure, Findings, Side, Subject } from "./evaluation.ts";
import { pValueFigure } from "./figures.node.ts";
import { withProtocol } from "./protocols.ts";

/** Examples of each side in a test: with more, any model is found out, and the tests say no more about how bad it is. */
const examples = 500;
const permutations = 199;

export const twoSamples: Evaluation = {
  title: "Two samples, one distribution?",
  metrics: ["two-sample"],

  unfit: ({ fake, run }) => (fake ? undefined : `${run?.definition.name ?? "it"} cannot sample.`),

  async measure(subject): Promise<Findings> {
    const tests = twoSampleTests(subject.runtime);
    const results = await compare(subject, subject.fake!, tests);
    const floor = subject.floor ? await compare(subject, subject.floor, tests) : [];
    const scores = results.flatMap(({ test, pValue, statistic, method, used }, i) =>
      withProtocol(
        subject,
        {
          metric: `${test.name} test`,
          convention: `${test.statistic}; p-value: ${method}`,
          settings: { permutations },
          real: used[0],
          fake: used[1],
        },
        [{ name: `p ${test.name}`, value: pValue, better: "higher", details: { statistic } }],
        floor[i] && [{ name: `p ${test.name}`, value: floor[i].pValue }],
      ),
    );
    return { scores, figures: [figure(results.map(({ test, pValue }) => ({ name: test.title, pValue })))] };
  },
};

async function compare(subject: Subject, side: Side, tests: ReturnType<typeof twoSampleTests>) {
  const [real, judged] = await Promise.all([subject.real.extracted(), side.extracted()]);
  const first = ({ features }: typeof real) => ({
    ...features,
    data: features.data.subarray(0, Math.min(examples, features.count) * features.dimensions),
    count: Math.min(examples, features.count),
  });
  const count = Math.min(examples, real.features.count, judged.features.count);
  const fitting = tests.filter(({ least }) => count >= least);
  return await compareSamples(first(real), first(judged), {
    tests: fitting,
    seed: subject.seed,
    permutations,
    onProgress: (share) => subject.progress("two-sample tests", Math.round(share * 100), 100),
  });
}

function figure(tests: readonly { name: string; pValue: number }[]): Figure {
  return pValueFigure(
    {
      name: "p-values",
      title: "Two-sample tests",
      caption: `p-values of ${examples} samples against ${examples} real examples; orange: told apart at the 5 % level`,
    },
    tests,
  );
}
