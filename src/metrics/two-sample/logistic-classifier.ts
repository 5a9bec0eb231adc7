import type { Features } from "../features.ts";
import { fitLogistic } from "../representation/logistic-regression.ts";
import { compareAccuracy, splitInHalves } from "./held-out.ts";
import { mostNumbers, pool, type TwoSampleTest } from "./two-sample-test.ts";

/** A classifier two-sample test (Lopez-Paz & Oquab 2017) that sees each coordinate's place, spread and weight of tails. */
export const logisticClassifierTest: TwoSampleTest = {
  name: "c2st-logistic",
  title: "Classifier: logistic",
  statistic:
    "held-out balanced accuracy of logistic regression on x, x² and |x|, half of each sample held out",
  least: 4,
  most: mostNumbers(20_000, 1e6),
  async test(a, b, options) {
    const { train, held } = splitInHalves(pool(this, a, b), options.seed, this.name);
    // One tenth holds 3·d weights to what the examples support without deciding where there are few.
    const classifier = await fitLogistic(expand(train, train), train.labels, 2, { penalty: 0.1 });
    const predicted = await classifier.predict(expand(held, train));
    return compareAccuracy(predicted, held, { ...options, name: this.name });
  },
};

/** [x, x², |x|] of each coordinate less its mean in `reference`. */
function expand({ data, count, dimensions: d }: Features, reference: Features): Features {
  const mean = new Float64Array(d);
  reference.data.forEach((v, i) => {
    mean[i % d]! += v / reference.count;
  });
  const out = new Float64Array(count * 3 * d);
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < d; c++) {
      const x = data[i * d + c]! - mean[c]!;
      out.set([x, x * x, Math.abs(x)], (i * d + c) * 3);
    }
  }
  return { data: out, count, dimensions: 3 * d };
}
