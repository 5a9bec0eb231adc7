/** What k-means must show: specification E24. */
import { kMeans } from "../../math/index.ts";
import { clusterAgreement } from "../../metrics/representation/index.ts";
import { createStream } from "../../tensor/index.ts";
import { deriveKey } from "../../tensor/random/index.ts";
import type { Claim, ModelClaims } from "../claim.ts";
import { codesOf, largest, logged } from "../classical-measures.ts";
import { figuresBeside } from "../figures/density-figure.node.ts";
import { voronoiPng } from "../figures/voronoi-figure.node.ts";
import type { TrainingPlan } from "../lab.node.ts";
import { labelsOf } from "../latent-measures.ts";

const plan = (clusters: number): TrainingPlan => ({
  data: "digits8",
  examples: 10_000,
  options: { clusters },
});

const purity = (clusters: number, atLeast: number, found: number): Claim => ({
  id: `purity-${clusters}`,
  claim: `The ${clusters} clusters of digits8 agree with the digits: purity at least ${atLeast} on 10,000 test digits (calibrated: ${found}).`,
  unit: "purity",
  atLeast,
  threshold: "calibrated",
  minutes: clusters / 40,
  async measure(lab) {
    const run = await lab.train("kmeans", plan(clusters));
    const test = (await lab.data("digits8")).test!;
    const labels = labelsOf(test, test.length);
    const found = largest(await codesOf(lab, run, lab.examples(test, test.length)));
    const chance = createStream(deriveKey(lab.seed, "random clusters")).uniform(
      new Float32Array(test.length),
    );
    const random = Int32Array.from(chance, (u) => Math.floor(u * clusters));
    return {
      value: clusterAgreement(found, labels, 10)[0]!.value,
      baseline: { name: "random clusters", value: clusterAgreement(random, labels, 10)[0]!.value },
    };
  },
});

/** The inertia of grey values in [0, 1]: a quarter of that of pixels in [−1, 1]. */
const known = [
  [10, 0.832],
  [20, 0.702],
  [50, 0.566],
] as const;

export const claims: ModelClaims = {
  model: "kmeans",
  claims: [
    purity(10, 0.5, 0.541),
    purity(20, 0.6, 0.634),
    purity(50, 0.7, 0.741),
    {
      id: "inertia",
      claim:
        "Inertias of 10, 20 and 50 clusters of digits8 (grey values in [0, 1], total variance 1.371) are .832, .702 and .566, each to ±0.03.",
      unit: "largest difference",
      atMost: 0.03,
      threshold: "calibrated",
      minutes: 0.1,
      async measure(lab) {
        const found: number[] = [];
        for (const [clusters] of known)
          found.push((await logged(await lab.train("kmeans", plan(clusters)), "inertia")).at(-1)! / 4);
        return {
          value: Math.max(...known.map(([, inertia], i) => Math.abs(found[i]! - inertia))),
          note: `Seed ${lab.seed}: ${found.map((v) => v.toFixed(3)).join(", ")}.`,
        };
      },
    },
    {
      id: "monotone",
      claim: "No round of Lloyd's algorithm raises the inertia.",
      unit: "rounds that raise it",
      atMost: 0,
      threshold: "exact",
      minutes: 0.1,
      async measure(lab) {
        const inertias = await logged(await lab.train("kmeans", plan(20)), "inertia");
        return {
          value: inertias.filter((v, i) => i > 0 && v > inertias[i - 1]!).length,
          note: `Seed ${lab.seed}: ${inertias.length} rounds.`,
        };
      },
    },
  ],
  picture: {
    caption:
      "Ten clusters of the two moons: the centres of k-means++, and after 1, 3 and all rounds. Every place has the colour of its nearest centre.",
    async draw(lab) {
      const { data } = lab.examples((await lab.data("moons")).train, 1000);
      const rows = { data, count: 1000, dimensions: 2 };
      const panels = [0, 1, 3, 100].map((iterations) => {
        const { centers, inertias } = kMeans(rows, { k: 10, seed: lab.seed, iterations });
        const when = iterations === 0 ? "k-means++" : `after ${inertias.length - 1} rounds`;
        return voronoiPng({
          frame: { left: -1.8, right: 2.8, bottom: -2, top: 2.6 },
          ...{ centers, points: data, title: `${when}: inertia ${(inertias.at(-1)! / 1000).toFixed(3)}` },
        });
      });
      return await figuresBeside(await Promise.all(panels));
    },
  },
};
