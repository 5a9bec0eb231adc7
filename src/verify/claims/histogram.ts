/** What histograms must show beside kernels: specification E25. */
import type { ModelClaims } from "../claim.ts";
import { barsOf, curvePng } from "../figures/curve-figure.node.ts";
import { densityPng, figuresBeside } from "../figures/density-figure.node.ts";
import { logDensityOn } from "../flow-measures.ts";
import type { Lab } from "../lab.node.ts";

const few = { data: "moons", examples: 2000 } as const;

export const claims: ModelClaims = {
  model: "histogram",
  claims: [
    {
      id: "behind-kernels",
      claim:
        "With 2,000 points of moons the best of histograms of 10 to 50 bins a side stays behind kernels on the same points, by at least 0.03 nats of held-out NLL.",
      unit: "nats",
      atLeast: 0.03,
      threshold: "estimate",
      minutes: 0.2,
      async measure(lab) {
        const own: number[] = [];
        for (const bins of [10, 15, 20, 30, 50])
          own.push(await lab.nll(await lab.train("histogram", { ...few, options: { bins } })));
        const kernels = await lab.nll(await lab.train("kde", few));
        return {
          value: Math.min(...own) - kernels,
          baseline: { name: "NLL of kernels", value: kernels },
          note: `Seed ${lab.seed}: ${own.map((v) => v.toFixed(3)).join(", ")} nats.`,
        };
      },
    },
  ],
  picture: {
    caption:
      "Histograms of 300 points of the line with 9, 27 and 135 bins, and the true density: too few bins hide the modes, too many show noise. Right: the model on moons, 40 bins a side.",
    async draw(lab) {
      const frame = { left: -1.8, right: 2.8, bottom: -2.05, top: 2.55 };
      const run = await lab.train("histogram", { data: "moons", options: { bins: 40 } });
      const logDensity = await logDensityOn(lab, run, frame, 220);
      const bars = await Promise.all([9, 27, 135].map((bins) => line(lab, bins)));
      return await figuresBeside([
        ...bars,
        await densityPng({ frame, logDensity, shares: [], title: "moons" }, { size: 240 }),
      ]);
    },
  },
};

async function line(lab: Lab, bins: number): Promise<Buffer> {
  const { train } = await lab.data("two-bumps");
  const x = lab.examples(train, 300).data;
  const range = { low: -4, high: 5 };
  const truth = Float64Array.from({ length: 200 }, (_, i) =>
    Math.exp(train.logProb!(Float32Array.of(-4 + (9 * (i + 0.5)) / 200))),
  );
  return await curvePng(
    {
      ...range,
      bars: barsOf(x, range, bins),
      curves: [{ density: truth, colour: "#555" }],
      ticks: x,
      title: `${bins} bins`,
    },
    240,
  );
}
