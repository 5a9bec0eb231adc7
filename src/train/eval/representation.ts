/** What a model's features or latent vectors say about the classes: probes, neighbours, clusters. */
import type { Dataset } from "../../data/dataset.ts";
import { createProducts, type Features } from "../../metrics/index.ts";
import { clusterPurity, linearProbe, neighborAccuracy } from "../../metrics/representation/index.ts";
import { compile } from "../../runtime/index.ts";
import { sizeOf, type Tensor } from "../../tensor/index.ts";
import { chosenIndices } from "../extract-features.node.ts";
import { inPortions } from "../latents.node.ts";
import type { Evaluation, Findings, Subject } from "./evaluation.ts";
import { withProtocol } from "./protocols.ts";

/** Examples that probes learn from, and those they are judged on. */
const counts = { train: 5000, test: 2000 } as const;
/** Examples in one call. */
const portion = 256;

export const representation: Evaluation = {
  title: "Representation",
  metrics: ["representation"],
  quiet: true,

  unfit({ run, splits }) {
    const { encode, features } = run?.model ?? {};
    if (!encode && !features)
      return `${run?.definition.name ?? "it"} has neither latent vectors nor features.`;
    return splits?.train.labels && splits.test?.labels
      ? undefined
      : "representation needs labelled examples to train and to test on; the data has none.";
  },

  async measure(subject): Promise<Findings> {
    const { train, test } = subject.splits!;
    const [learned, judged] = [
      await encoded(subject, train, counts.train),
      await encoded(subject, test!, counts.test),
    ];
    const split = {
      train: learned.features,
      trainLabels: learned.labels,
      test: judged.features,
      testLabels: judged.labels,
      classes: train.classes!,
    };
    subject.progress("linear probe and neighbours", 0, 1);
    const measured = [
      await linearProbe(split, { products: createProducts(subject.runtime) }),
      await neighborAccuracy(split, { products: createProducts(subject.runtime) }),
      ...clusterPurity(judged.features, judged.labels, train.classes!, { seed: subject.seed }),
    ];
    const about = {
      metric: "representation",
      convention: `${subject.run!.model.encode ? "latent vectors" : "features"}; logistic regression with λ = 1/n, 5 neighbours, k-means with as many clusters as classes`,
      usesFeatures: false,
      real: judged.features.count,
      settings: { "labelled examples": learned.features.count },
    };
    return { scores: withProtocol(subject, about, measured) };
  },
};

async function encoded(
  { run, seed, progress }: Subject,
  data: Dataset,
  most: number,
): Promise<{ features: Features; labels: Int32Array }> {
  const { encode, features } = run!.model;
  const fn = (encode ?? features)!;
  const flat = (x: Tensor): Tensor => run!.withAverages(() => fn(x)).reshape([x.shape[0]!, -1]);
  const f = compile(flat, { runtime: run!.runtime, training: false, name: "representation" });
  const indices = chosenIndices(data.length, Math.min(most, data.length), seed);
  const x = new Float32Array(indices.length * sizeOf(data.shape));
  data.read(indices, x);
  progress("features", 0, 1);
  const codes = await inPortions(f, { data: x, shape: [indices.length, ...data.shape] }, portion);
  const labels = new Int32Array(indices.length);
  data.labels!(indices, labels);
  return { features: { data: codes.data, count: indices.length, dimensions: codes.shape[1]! }, labels };
}
