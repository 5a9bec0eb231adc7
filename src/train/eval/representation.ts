/** What a model's features or latent vectors say about the classes and the factors of variation. */
import type { Dataset } from "../../data/dataset.ts";
import { createProducts, type Features } from "../../metrics/index.ts";
import {
  clusterPurity,
  dci,
  type FactoredCodes,
  factorVaeScore,
  linearProbe,
  mutualInformationGap,
  neighborAccuracy,
} from "../../metrics/representation/index.ts";
import { compile } from "../../runtime/index.ts";
import { sizeOf, type Tensor } from "../../tensor/index.ts";
import { chosenIndices } from "../extract-features.node.ts";
import { inPortions } from "../latents.node.ts";
import type { Evaluation, Findings, JudgedScore, Subject } from "./evaluation.ts";
import { withProtocol } from "./protocols.ts";

/** Examples that probes learn from, and those they are judged on. */
const counts = { train: 5000, test: 2000 } as const;
/** Examples in one call. */
const portion = 256;

export const representation: Evaluation = {
  title: "Representation",
  metrics: ["representation", "disentanglement"],
  quiet: true,

  unfit({ run, splits }) {
    const { encode, features } = run?.model ?? {};
    if (!encode && !features)
      return `${run?.definition.name ?? "it"} has neither latent vectors nor features.`;
    const { train, test } = splits ?? {};
    return test && ((train?.labels && test.labels) || test.factors)
      ? undefined
      : "representation needs labelled examples, or such whose factors are known, to train and to test on; the data has none.";
  },

  async measure(subject, wanted): Promise<Findings> {
    const { train, test } = subject.splits!;
    const judged = await encoded(subject, test!, counts.test);
    const classes = wanted("representation") && train.labels && test!.labels;
    const factors = wanted("disentanglement") && test!.factors;
    return {
      scores: [
        ...(classes ? await aboutClasses(subject, judged) : []),
        ...(factors ? aboutFactors(subject, judged) : []),
      ],
    };
  },
};

const codesOf = ({ run }: Subject): string => (run!.model.encode ? "latent vectors" : "features");

async function aboutClasses(subject: Subject, judged: Encoded): Promise<JudgedScore[]> {
  const { train, test } = subject.splits!;
  const learned = await encoded(subject, train, counts.train);
  const split = {
    train: learned.features,
    trainLabels: labelsOf(train, learned),
    test: judged.features,
    testLabels: labelsOf(test!, judged),
    classes: train.classes!,
  };
  subject.progress("linear probe and neighbours", 0, 1);
  const measured = [
    await linearProbe(split, { products: createProducts(subject.runtime) }),
    await neighborAccuracy(split, { products: createProducts(subject.runtime) }),
    ...clusterPurity(judged.features, split.testLabels, train.classes!, { seed: subject.seed }),
  ];
  const about = {
    metric: "representation",
    convention: `${codesOf(subject)}; logistic regression with λ = 1/n, 5 neighbours, k-means with as many clusters as classes`,
    usesFeatures: false,
    real: judged.features.count,
    settings: { "labelled examples": learned.features.count },
  };
  return withProtocol(subject, about, measured);
}

/** Disentanglement, where the factors that the examples were made from are known. */
function aboutFactors(subject: Subject, { indices, features: codes }: Encoded): JudgedScore[] {
  const { names, read } = subject.splits!.test!.factors!;
  const values = new Int32Array(indices.length * names.length);
  read(indices, values);
  const factors = {
    data: Float64Array.from(values),
    count: indices.length,
    dimensions: names.length,
  };
  subject.progress("disentanglement", 0, 1);
  const input: FactoredCodes = { codes, factors };
  const measured = [
    mutualInformationGap(input),
    factorVaeScore(input, { seed: subject.seed }),
    ...dci(input, { seed: subject.seed }),
  ];
  const about = {
    metric: "disentanglement",
    convention: `${codesOf(subject)} against ${names.join(", ")}; MIG with 20 bins, FactorVAE with 800 votes of 64, DCI by lasso with α = 0.01`,
    usesFeatures: false,
    real: codes.count,
  };
  return withProtocol(subject, about, measured);
}

/** Codes of examples, and which examples they are. */
interface Encoded {
  readonly indices: Int32Array;
  readonly features: Features;
}

function labelsOf(data: Dataset, { indices }: Encoded): Int32Array {
  const labels = new Int32Array(indices.length);
  data.labels!(indices, labels);
  return labels;
}

async function encoded({ run, seed, progress }: Subject, data: Dataset, most: number): Promise<Encoded> {
  const { encode, features } = run!.model;
  const fn = (encode ?? features)!;
  const flat = (x: Tensor): Tensor => run!.withAverages(() => fn(x)).reshape([x.shape[0]!, -1]);
  const f = compile(flat, { runtime: run!.runtime, training: false, name: "representation" });
  const indices = chosenIndices(data.length, Math.min(most, data.length), seed);
  const x = new Float32Array(indices.length * sizeOf(data.shape));
  data.read(indices, x);
  progress("features", 0, 1);
  const codes = await inPortions(f, { data: x, shape: [indices.length, ...data.shape] }, portion);
  return {
    indices,
    features: { data: codes.data, count: indices.length, dimensions: codes.shape[1]! },
  };
}
