/** What MAF and IAF must show: specification E12. */
import { type Tensor, topologicalOrder } from "../../tensor/index.ts";
import type { Examples } from "../../train/latents.node.ts";
import type { Claim, Finding, ModelClaims } from "../claim.ts";
import { densityPng, type Frame, figuresBeside } from "../figures/density-figure.node.ts";
import { determinantError, inverseFinding, logDensityOn } from "../flow-measures.ts";
import type { Lab, TrainingPlan } from "../lab.node.ts";
import { trueNll } from "../pixel-measures.ts";

const moons = { data: "moons" } as const;
/** One layer, or five, with x₁ or x₂ first; in the data x₁ depends on x₂. */
const banana = (layers: number, order: "first" | "last"): TrainingPlan => ({
  ...{ data: "banana", steps: 6000 },
  options: { layers, order, hidden: [64, 64], lr: 2e-3 },
});

/** Nats above the distribution that the held-out points come from, on these points. */
async function gapOf(lab: Lab, plan: TrainingPlan): Promise<number> {
  const test = (await lab.data("banana")).test!;
  return (await lab.nll(await lab.train("maf", plan), { data: test })) - trueNll(lab, test, test.length);
}

/** The true distribution's, beside which the gap is. */
const truth = async (lab: Lab): Promise<Finding["baseline"]> => {
  const test = (await lab.data("banana")).test!;
  return { name: "the true distribution, nats", value: trueNll(lab, test, test.length) };
};

export const claims: ModelClaims = {
  model: "maf",
  claims: [
    nllOnMoons(
      "moons-nll",
      "masked",
      "On moons (entropy 1.008 nats) the held-out NLL comes within 0.21 nats of the entropy.",
    ),
    nllOnMoons("iaf-moons-nll", "inverse", "The inverse direction (IAF) learns moons as well."),
    {
      id: "right-order",
      claim:
        "One layer that takes the variables in the order of the data's own formula comes within 0.02 nats of the true distribution, on the same 10,000 points.",
      unit: "nats above the truth",
      atMost: 0.02,
      threshold: "estimate",
      minutes: 0.5,
      async measure(lab) {
        return {
          value: await gapOf(lab, banana(1, "last")),
          baseline: await truth(lab),
        };
      },
    },
    {
      id: "wrong-order",
      claim: "One layer in the other order stays at least 0.1 nats above it.",
      unit: "nats above the truth",
      atLeast: 0.1,
      threshold: "estimate",
      minutes: 0.5,
      async measure(lab) {
        return {
          value: await gapOf(lab, banana(1, "first")),
          baseline: await truth(lab),
        };
      },
    },
    {
      id: "five-layers",
      claim: "Five layers mend the wrong order: within 0.05 nats of it.",
      unit: "nats above the truth",
      atMost: 0.05,
      threshold: "estimate",
      minutes: 0.7,
      async measure(lab) {
        const value = await gapOf(lab, banana(5, "first"));
        const one = await gapOf(lab, banana(1, "first"));
        return { value, baseline: { name: "one layer, wrong order", value: one } };
      },
    },
    passes(
      "masked",
      "passes-of-maf",
      "For 64 pixels MAF takes 64 times the matrix products to sample that it takes to give a density.",
    ),
    passes("inverse", "passes-of-iaf", "With IAF it is the other way round."),
    {
      id: "inverse",
      claim:
        "Trained on moons, f⁻¹(f(x)) differs from x by less than 10⁻⁵ anywhere in 10,000 held-out points, in double precision.",
      unit: "largest difference",
      atMost: 1e-5,
      threshold: "exact",
      need: "one seed",
      minutes: 0.5,
      async measure(lab) {
        const held = (await lab.data("moons")).test!;
        return await inverseFinding(lab, await lab.train("maf", moons), lab.examples(held, 10_000));
      },
    },
    {
      id: "log-determinant",
      claim:
        "The determinant of the formula is that of the derivative, to 10⁻⁶ of the products that it is made of, in double precision.",
      unit: "relative",
      atMost: 1e-6,
      threshold: "exact",
      need: "one seed",
      minutes: 0.5,
      async measure(lab) {
        const held = (await lab.data("moons")).test!;
        return {
          value: await determinantError(await lab.train("maf", moons), lab.examples(held, 1000)),
        };
      },
    },
  ],
  picture: {
    caption:
      "The order of the variables matters (figure 1 of the paper): one layer in the wrong order, in the right one, five layers in the wrong one; held-out data in orange.",
    async draw(lab) {
      const frame: Frame = { left: -4, right: 10, bottom: -7, top: 7 };
      const points = { data: lab.examples((await lab.data("banana")).test!, 600).data };
      const panel = async (title: string, plan: TrainingPlan) => {
        const logDensity = await logDensityOn(lab, await lab.train("maf", plan), frame, 160);
        return await densityPng({ frame, logDensity, points, title });
      };
      return await figuresBeside([
        await panel("1 layer, wrong order", banana(1, "first")),
        await panel("1 layer, right order", banana(1, "last")),
        await panel("5 layers", banana(5, "first")),
      ]);
    },
  },
};

function nllOnMoons(id: string, direction: "masked" | "inverse", claim: string): Claim {
  return {
    ...{ id, claim },
    unit: "nats",
    atMost: 1.22,
    threshold: direction === "masked" ? "calibrated" : "estimate",
    minutes: 0.7,
    async measure(lab) {
      const options = direction === "inverse" ? { options: { direction } } : {};
      const value = await lab.nll(await lab.train("maf", { ...moons, ...options }));
      return { value, baseline: { name: "one Gaussian", value: 1.91 } };
    },
  };
}

/** Matrix products that a result takes, and milliseconds of a call. */
interface Cost {
  readonly products: number;
  readonly ms: number;
}

function passes(direction: "masked" | "inverse", id: string, claim: string): Claim {
  return {
    ...{ id, claim },
    unit: "ratio",
    ...{ atLeast: 64, atMost: 64 },
    threshold: "exact",
    need: "one seed",
    minutes: 0.5,
    async measure(lab): Promise<Finding> {
      const run = await lab.train("maf", {
        data: "glyphs8",
        steps: 1,
        options: { layers: 1, hidden: [64], direction },
      });
      const x = lab.examples((await lab.data("glyphs8")).train, 64);
      const density = await costOf(lab, "density", (v) => run.model.logProb!(v), x);
      const noise = { data: x.data, shape: [64, 64] };
      const sampling = await costOf(lab, "sampling", (z) => run.model.generate!(z), noise);
      const [slow, fast] = direction === "masked" ? [sampling, density] : [density, sampling];
      return {
        value: slow.products / fast.products,
        note: `64 pictures of 8×8, one layer: density ${density.ms.toFixed(1)} ms, samples ${sampling.ms.toFixed(1)} ms.`,
      };

      async function costOf(
        own: Lab,
        name: string,
        fn: (x: Tensor) => Tensor,
        input: Examples,
      ): Promise<Cost> {
        let products = 0;
        const compiled = own.compile(run, name, (v: Tensor) => {
          const y = fn(v);
          products = topologicalOrder([y]).filter(({ op }) => op.name === "matmul").length;
          return y;
        });
        await compiled(input);
        const began = performance.now();
        for (let i = 0; i < 10; i++) await compiled(input);
        return { products, ms: (performance.now() - began) / 10 };
      }
    },
  };
}
