/** Classifiers that judge pictures: what they see, how sure they are of it, and how often they are right on real ones. */
import { UserError } from "../tensor/index.ts";
import type { Examples } from "../train/latents.node.ts";
import type { Lab, TrainingPlan } from "./lab.node.ts";
import { applied, labelsOf } from "./latent-measures.ts";

/** What a judge sees in pictures. */
export interface Verdicts {
  readonly classes: Int32Array;
  /** Probability of each of them, by its softmax. */
  readonly confidences: Float64Array;
}

export interface Judge {
  see(x: Examples): Promise<Verdicts>;
  /** Share of up to 10,000 test examples that it is right about, %. */
  readonly accuracy: number;
}

/** Trains a classifier as planned and tests it; throws (UserError) where it is right less often than `atLeast`, %. */
export async function judgeOf(lab: Lab, plan: TrainingPlan, { atLeast = 0 } = {}): Promise<Judge> {
  const run = await lab.train("classifier", plan);
  const { classify } = run.model;
  const probabilities = applied(lab, run, "judge", (v) => classify!(v).softmax(-1));
  const see = async (x: Examples): Promise<Verdicts> => verdictsOf(await probabilities(x));
  const test = (await lab.data(plan.data, { ...(plan.size && { size: plan.size }) })).test!;
  const n = Math.min(10_000, test.length);
  const labels = labelsOf(test, n);
  const { classes } = await see(lab.examples(test, n));
  const accuracy = (100 * classes.filter((k, i) => k === labels[i]).length) / n;
  if (accuracy < atLeast) {
    throw new UserError(
      `The judge is right about ${accuracy.toFixed(1)} % of the test examples, expected ${atLeast} %; train it for longer.`,
    );
  }
  return { see, accuracy };
}

function verdictsOf({ data, shape }: Examples): Verdicts {
  const [n, width] = shape as [number, number];
  const rows = Array.from({ length: n }, (_, i) => data.subarray(i * width, (i + 1) * width));
  const confidences = Float64Array.from(rows, (row) => Math.max(...row));
  return { classes: Int32Array.from(rows, (row, i) => row.indexOf(confidences[i]!)), confidences };
}

/** The oracle of MNIST's digits 28×28, right about at least 98 %. */
export const digitOracle = (lab: Lab): Promise<Judge> =>
  judgeOf(
    lab,
    {
      data: "mnist",
      options: { networks: "mlp", hidden: [256, 128], dropout: 0.2 },
      epochs: 10,
    },
    { atLeast: 98 },
  );
