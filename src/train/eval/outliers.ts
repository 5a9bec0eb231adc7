/** Samples that are like no real example, and real examples that no sample is like: what precision and recall count. */
import { createProducts } from "../../metrics/index.ts";
import { precisionRecall } from "../../metrics/precision-recall.ts";
import type { Evaluation, Figure, Findings, Side } from "./evaluation.ts";
import { rowsFigure } from "./figures.node.ts";

/** Pictures in a row. */
const shown = 12;
/** Examples that are looked at: enough to find so many. */
const examples = 2000;

export const outliers: Evaluation = {
  title: "Outliers",
  metrics: ["outliers"],

  unfit: ({ fake, real }) =>
    fake?.pictures && real.pictures ? undefined : "outliers are shown of pictures; there are none.",

  async measure({ real, fake, runtime }): Promise<Findings> {
    const [a, b] = await Promise.all([real.extracted(), fake!.extracted()]);
    const result = await precisionRecall(first(a.features), first(b.features), {
      products: createProducts(runtime),
    });
    const strange = await row(fake!, result.outliers.fake);
    const missed = await row(real, result.outliers.real);
    return {
      scores: [],
      figures: [
        ...strange("strange", "Samples unlike any real example"),
        ...missed("missed", "Real examples unlike any sample"),
      ],
    };
  },
};

const first = <T extends { data: Float32Array | Float64Array; count: number; dimensions: number }>(
  features: T,
): T => {
  const count = Math.min(examples, features.count);
  return { ...features, data: features.data.subarray(0, count * features.dimensions), count };
};

/** A figure of the first of them, or none where there are none. */
async function row(
  side: Side,
  indices: ArrayLike<number>,
): Promise<(name: string, title: string) => Figure[]> {
  const some = Array.from(indices).slice(0, shown);
  if (some.length === 0) return () => [];
  const pictures = await side.pictures!(some);
  const made = await rowsFigure(
    {
      name: "",
      title: "",
      caption: `of ${Math.min(examples, side.count)} examples, ${indices.length} lie outside the other set's k-nearest-neighbour balls`,
    },
    [pictures],
  );
  return (name, title) => [{ ...made, name, title }];
}
