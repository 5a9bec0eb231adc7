/** What NICE must show: specification E10. */
import { grad, type Tensor } from "../../tensor/index.ts";
import type { Finding, ModelClaims } from "../claim.ts";
import type { Frame } from "../figures/density-figure.node.ts";
import { determinantError, inverseError, invertibilityPicture } from "../flow-measures.ts";
import type { Lab, TrainingPlan } from "../lab.node.ts";

const moons: TrainingPlan = { data: "moons", steps: 3000, batch: 256, options: { couplings: 4 } };
const digits = {
  data: "mnist",
  size: 14,
  options: { couplings: 4, hidden: [128, 128, 128], activation: "relu" },
  steps: 2000,
  batch: 128,
};
export const moonsFrame: Frame = { left: -1.8, right: 2.8, bottom: -2.05, top: 2.55 };

export const claims: ModelClaims = {
  model: "nice",
  claims: [
    {
      id: "moons-nll",
      claim: "On moons (entropy 1.008 nats) the held-out NLL is far below that of one Gaussian.",
      unit: "nats",
      atMost: 1.35,
      threshold: "calibrated",
      minutes: 0.5,
      async measure(lab) {
        const value = await lab.nll(await lab.train("nice", moons));
        return { value, baseline: { name: "one Gaussian", value: 1.91 } };
      },
    },
    {
      id: "volume-limit",
      claim:
        "What keeps volumes is limited: NICE's NLL on moons is above that of RealNVP of the same size and training.",
      unit: "nats above",
      atLeast: 0,
      threshold: "calibrated",
      minutes: 1,
      async measure(lab) {
        const [own, free] = [await lab.train("nice", moons), await lab.train("realnvp", moons)];
        const below = await lab.nll(free);
        return { value: (await lab.nll(own)) - below, baseline: { name: "NLL of RealNVP", value: below } };
      },
    },
    {
      id: "inverse",
      claim:
        "Trained on moons, f⁻¹(f(x)) differs from x by less than 10⁻⁵ anywhere in 10,000 held-out points.",
      unit: "largest difference",
      atMost: 1e-5,
      threshold: "exact",
      need: "one seed",
      minutes: 0.5,
      async measure(lab) {
        const held = (await lab.data("moons")).test!;
        return { value: await inverseError(lab, await lab.train("nice", moons), lab.examples(held, 10_000)) };
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
          value: await determinantError(await lab.train("nice", moons), lab.examples(held, 1000)),
        };
      },
    },
    {
      id: "inpainting",
      claim: "Gradient ascent on the hidden lower half of digits raises log p in every step.",
      unit: "steps without a rise",
      atMost: 0,
      threshold: "exact",
      need: "two of three",
      minutes: 1.5,
      measure: inpaint,
    },
  ],
  picture: {
    caption:
      "Moons: density with contours around 50, 90 and 99 % of its mass; the latent space's straight grid among the data; the data in latent space.",
    draw: async (lab) => await invertibilityPicture(lab, await lab.train("nice", moons), moonsFrame),
  },
};

/** Section 5.2 of the paper without its noise: x_H ← x_H + α ∂log p/∂x_H, pixels within [−1, 1]. */
async function inpaint(lab: Lab): Promise<Finding> {
  const run = await lab.train("nice", digits);
  const [count, steps, rate] = [64, 100, 2e-6];
  const { data, shape } = lab.examples((await lab.data("mnist", { size: 14 })).test!, count);
  const hidden = Float32Array.from(data, (_, i) => (i % 196 >= 98 ? 1 : 0));
  const step = lab.compile(run, "inpainting", (x: Tensor, mask: Tensor) => {
    const nats = run.model.logProb!(x);
    const [slope] = grad(nats.sum(), [x]);
    return { nats: nats.mean(), x: x.add(slope!.mul(mask).mul(rate)).clip(-1, 1) };
  });
  let x = { data: data.map((v, i) => (hidden[i] ? 0 : v)), shape };
  const means: number[] = [];
  for (let i = 0; i <= steps; i++) {
    const next = await step(x, { data: hidden, shape });
    means.push(Number(next.nats.data[0]));
    x = { data: next.x.data as Float32Array<ArrayBuffer>, shape };
  }
  const falls = means.slice(1).filter((v, i) => v <= means[i]!).length;
  return {
    value: falls,
    baseline: { name: "log p at the start", value: means[0]! },
    note: `Mean log p of ${count} digits of 14×14 rises from ${means[0]!.toFixed(0)} to ${means.at(-1)!.toFixed(0)} nats in ${steps} steps.`,
  };
}
