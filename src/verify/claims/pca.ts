/** What principal components must show: specification E23. */
import { principalAxes } from "../../math/index.ts";
import { createStream } from "../../tensor/index.ts";
import { deriveKey } from "../../tensor/random/index.ts";
import type { Claim, ModelClaims } from "../claim.ts";
import { codesOf, fitted, logged } from "../classical-measures.ts";
import { densityPng, figuresBeside } from "../figures/density-figure.node.ts";
import type { Lab, TrainingPlan } from "../lab.node.ts";
import { labelsOf } from "../latent-measures.ts";

const digits: TrainingPlan = { data: "digits8", examples: 10_000, options: { latent: 64 } };

/** The shares that an independent implementation found on the first 10,000 digits of MNIST. */
const explained = (
  id: string,
  plan: TrainingPlan,
  known: readonly (readonly [k: number, share: number])[],
): Claim => ({
  id,
  claim: `On 10,000 digits of ${plan.data} the first ${known.map(([k]) => k).join(", ")} components explain ${known.map(([, share]) => `.${Math.round(1000 * share)}`).join(", ")} of the variance, each to ±0.005.`,
  unit: "largest difference",
  atMost: 0.005,
  threshold: "calibrated",
  need: "one seed",
  minutes: 0.3,
  async measure(lab) {
    const shares = await logged(await lab.train("pca", plan), "explained variance");
    const found = known.map(([k]) => shares[k - 1]!);
    return {
      value: Math.max(...known.map(([, share], i) => Math.abs(found[i]! - share))),
      note: `Found ${found.map((v) => v.toFixed(3)).join(", ")}.`,
    };
  },
});

export const claims: ModelClaims = {
  model: "pca",
  claims: [
    explained("digits8-explained", digits, [
      [2, 0.302],
      [10, 0.784],
      [15, 0.891],
      [20, 0.952],
      [32, 0.998],
    ]),
    explained("mnist-explained", { data: "mnist", examples: 10_000, options: { latent: 154 } }, [
      [2, 0.174],
      [50, 0.828],
      [100, 0.917],
      [154, 0.952],
    ]),
    {
      id: "orthonormal",
      claim: "The 64 components of digits8 are orthonormal to 10⁻⁵.",
      unit: "largest difference from I",
      atMost: 1e-5,
      threshold: "exact",
      need: "one seed",
      minutes: 0.1,
      async measure(lab) {
        const run = await lab.train("pca", digits);
        const U = await fitted(run, "pca/components");
        let worst = 0;
        for (let i = 0; i < 64; i++)
          for (let j = 0; j <= i; j++) {
            let product = 0;
            for (let a = 0; a < 64; a++) product += U[64 * i + a]! * U[64 * j + a]!;
            worst = Math.max(worst, Math.abs(product - (i === j ? 1 : 0)));
          }
        return { value: worst };
      },
    },
  ],
  picture: {
    caption:
      "Left: a flat cloud in space, seen from the side, with its first two principal axes. Middle: the same points on the plane of these axes. Right: 1,500 digits of 64 pixels on their first two axes (30 % of the variance), coloured by digit.",
    async draw(lab) {
      const [cloud, plane] = await flattened(lab);
      return await figuresBeside([cloud, plane, await digitMap(lab)]);
    },
  },
};

const half = 3.2;
const frame = { left: -half, right: half, bottom: -half, top: half };

/** Two thin clusters on a tilted plane in space, and what their principal axes make of them. */
async function flattened(lab: Lab): Promise<[Buffer, Buffer]> {
  const count = 600;
  const noise = createStream(deriveKey(lab.seed, "flat cloud")).normal(new Float32Array(3 * count));
  const classes = Int32Array.from({ length: count }, (_, i) => i % 2);
  const data = new Float64Array(3 * count);
  for (let i = 0; i < count; i++) {
    const side = classes[i]! === 0 ? -1 : 1;
    const [a, b, c] = [1.1 * side + 0.5 * noise[3 * i]!, 0.8 * noise[3 * i + 1]!, 0.12 * noise[3 * i + 2]!];
    data.set(
      [0.85 * a - 0.2 * b - 0.49 * c, 0.1 * a + 0.97 * b - 0.22 * c, 0.52 * a + 0.14 * b + 0.84 * c],
      3 * i,
    );
  }
  const { vectors } = await principalAxes({
    ...{ data, count, dimensions: 3 },
    moments: async () => moments(data, count),
  });
  /** Seen from the front, a little from above and from the right. */
  const seen = (x: number, y: number, z: number): [number, number] => [
    0.87 * x - 0.5 * y,
    0.25 * x + 0.43 * y + 0.87 * z,
  ];
  const points = { data: Float64Array.from(all(count).flatMap((i) => seen(...row(data, i)))), classes };
  const axes = [0, 1].map((k) => {
    const [x, y, z] = row(vectors, k);
    return Float64Array.from([...seen(-2.4 * x, -2.4 * y, -2.4 * z), ...seen(2.4 * x, 2.4 * y, 2.4 * z)]);
  });
  const codes = all(count).flatMap((i) =>
    [0, 1].map((k) => row(data, i).reduce((sum, v, a) => sum + v * vectors[3 * k + a]!, 0)),
  );
  return [
    await densityPng({ frame, points, lines: axes, title: "3 dimensions" }, { size: 260 }),
    await densityPng(
      { frame, points: { data: codes, classes }, title: "their first 2 components" },
      { size: 260 },
    ),
  ];
}

const all = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const row = (data: Float64Array, i: number): [number, number, number] => [
  data[3 * i]!,
  data[3 * i + 1]!,
  data[3 * i + 2]!,
];

function moments(data: Float64Array, count: number) {
  const mean = new Float64Array(3);
  data.forEach((v, at) => {
    mean[at % 3]! += v / count;
  });
  const covariance = Float64Array.from({ length: 9 }, (_, at) => {
    const [a, b] = [Math.floor(at / 3), at % 3];
    return (
      all(count).reduce((sum, i) => sum + (data[3 * i + a]! - mean[a]!) * (data[3 * i + b]! - mean[b]!), 0) /
      count
    );
  });
  return { mean, covariance };
}

async function digitMap(lab: Lab): Promise<Buffer> {
  const run = await lab.train("pca", digits);
  const test = (await lab.data("digits8")).test!;
  const { data } = await codesOf(lab, run, lab.examples(test, 1500));
  const map = Array.from({ length: 3000 }, (_, at) => data[64 * (at >> 1) + (at & 1)]!);
  const points = { data: map, classes: labelsOf(test, 1500) };
  return await densityPng({ frame, points, title: "digits of 8×8" }, { size: 260 });
}
