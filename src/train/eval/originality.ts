/** Whether samples are new: their nearest training examples, beside them, and how near those are by chance. */
import { createProducts, type Features, type Images } from "../../metrics/index.ts";
import { originality as originalityOf } from "../../metrics/originality/index.ts";
import type { Evaluation, Figure, Findings, Subject } from "./evaluation.ts";
import { rowsFigure } from "./figures.node.ts";
import { withProtocol } from "./protocols.ts";

/** Samples that are looked up in the training set. */
const examples = 1000;
/** Samples in the picture. */
const shown = 12;
/** Pixels in [−1, 1] that round to the same 8-bit levels. */
const sameLevel = 1 / 127.5;

export const originality: Evaluation = {
  title: "Originality",
  metrics: ["originality"],

  unfit({ fake, training, splits, run }) {
    if (!fake) return `${run?.definition.name ?? "it"} cannot sample, so that it cannot copy.`;
    if (!training) return "originality needs the training set; evaluate a run.";
    return splits?.test ? undefined : "originality needs held-out examples; the data has no test split.";
  },

  async measure(subject): Promise<Findings> {
    const [training, held, judged] = await Promise.all([
      subject.training!.extracted(),
      subject.real.extracted(),
      subject.fake!.extracted(),
    ]);
    const pixels = subject.extractor.name === "pixels" || subject.kind === "points";
    const { measured, neighbors } = await originalityOf(
      { training: training.features, heldOut: first(held.features), generated: first(judged.features) },
      {
        products: createProducts(subject.runtime),
        seed: subject.seed,
        ...(subject.kind === "image" && pixels && { tolerance: sameLevel }),
        onProgress: (share) => subject.progress("nearest training examples", Math.round(share * 100), 100),
      },
    );
    const convention =
      "C_T test of Meehan et al. 2020 with permutations; Euclidean nearest training examples";
    const count = Math.min(examples, judged.features.count);
    const scores = withProtocol(
      subject,
      { metric: "originality", convention, fake: count, real: Math.min(examples, held.features.count) },
      measured,
    );
    const figures = subject.fake!.pictures ? [await neighbours(subject, neighbors.indices, pixels)] : [];
    return { scores, figures };
  },
};

const first = (features: Features): Features => {
  const count = Math.min(examples, features.count);
  return { ...features, data: features.data.subarray(0, count * features.dimensions), count };
};

/** Samples, and below each its nearest training example, by features and by pixels. */
async function neighbours(subject: Subject, byFeatures: Int32Array, pixels: boolean): Promise<Figure> {
  const numbers = Array.from({ length: Math.min(shown, byFeatures.length) }, (_, i) => i);
  const samples = await subject.fake!.pictures!(numbers);
  const nearest = await subject.training!.pictures!(numbers.map((i) => byFeatures[i]!));
  const rows = [samples, nearest];
  if (!pixels) rows.push(await nearestByPixels(subject, samples));
  const by = pixels
    ? "the nearest training example, by pixels"
    : "the nearest by features, the nearest by pixels";
  return await rowsFigure(
    { name: "neighbours", title: "Nearest training examples", caption: `above: samples; below each: ${by}` },
    rows,
  );
}

/** Pictures of the training set looked at in one go. */
const portion = 4096;

async function nearestByPixels({ training }: Subject, samples: Images): Promise<Images> {
  const n = samples.shape[0]!;
  const size = samples.data.length / n;
  const best = Array.from({ length: n }, () => ({ distance: Number.POSITIVE_INFINITY, at: 0 }));
  for (let from = 0; from < training!.count; from += portion) {
    const count = Math.min(portion, training!.count - from);
    const { data } = await training!.pictures!(Array.from({ length: count }, (_, i) => from + i));
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < count; j++) {
        const distance = squaredDistance(samples.data, i * size, data, j * size, size);
        if (distance < best[i]!.distance) best[i] = { distance, at: from + j };
      }
    }
  }
  return await training!.pictures!(best.map(({ at }) => at));
}

function squaredDistance(a: Float32Array, i: number, b: Float32Array, j: number, size: number): number {
  let sum = 0;
  for (let k = 0; k < size; k++) sum += (a[i + k]! - b[j + k]!) ** 2;
  return sum;
}
