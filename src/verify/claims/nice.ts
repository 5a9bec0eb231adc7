/** What NICE must show: specification E10. */
import { grad, type Tensor } from "../../tensor/index.ts";
import type { Examples } from "../../train/latents.node.ts";
import { sheetPng } from "../../train/sheet.node.ts";
import { joined } from "../chains.ts";
import type { Finding, ModelClaims } from "../claim.ts";
import { meanOf } from "../classical-measures.ts";
import { type Frame, figuresBeside } from "../figures/density-figure.node.ts";
import { determinantError, inverseError, invertibilityPicture } from "../flow-measures.ts";
import type { Lab, TrainingPlan } from "../lab.node.ts";

/** Six couplings, of networks with 32 units a layer. */
const moons: TrainingPlan = { data: "moons", steps: 1500, batch: 256, options: { hidden: [32, 32] } };
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
      claim:
        "Gradient ascent on the hidden lower half raises log p of each of 64 test digits in each of 100 steps.",
      unit: "digits with a step that does not",
      atMost: 0,
      threshold: "exact",
      minutes: 1.5,
      measure: inpaint,
    },
  ],
  picture: {
    caption:
      "Moons: density with contours around 50, 90 and 99 % of its mass; the latent space's straight grid among the data; the data in latent space. Right: test digits, their lower half made grey, and filled by 2,000 steps of ascent on log p.",
    draw,
  },
};

/** Section 5.2 of the paper without its noise: x_H ← x_H + α ∂log p/∂x_H, pixels within [−1, 1], from grey. */
async function ascend(lab: Lab, steps: number) {
  const run = await lab.train("nice", digits);
  const [count, rate] = [64, 2e-6];
  const real = lab.examples((await lab.data("mnist", { size: 14 })).test!, count);
  const { data, shape } = real;
  const hidden = Float32Array.from(data, (_, i) => (i % 196 >= 98 ? 1 : 0));
  const step = lab.compile(run, "inpainting", (x: Tensor, mask: Tensor) => {
    const nats = run.model.logProb!(x);
    const [slope] = grad(nats.sum(), [x]);
    return { nats, x: x.add(slope!.mul(mask).mul(rate)).clip(-1, 1) };
  });
  const given: Examples = { data: data.map((v, i) => (hidden[i] ? 0 : v)), shape };
  const nats: Float32Array[] = [];
  let x = given;
  for (let i = 0; i <= steps; i++) {
    const next = await step(x, { data: hidden, shape });
    nats.push(Float32Array.from(next.nats.data as Float32Array));
    if (i < steps) x = { data: Float32Array.from(next.x.data as Float32Array), shape };
  }
  return { real, given, filled: x, nats };
}

async function inpaint(lab: Lab): Promise<Finding> {
  const steps = 100;
  const { nats } = await ascend(lab, steps);
  const [first, last] = [nats[0]!, nats.at(-1)!];
  const fallen = first.filter((_, k) => nats.some((now, i) => i > 0 && !(now[k]! > nats[i - 1]![k]!)));
  const least = Math.min(...first.map((v, k) => last[k]! - v));
  return {
    value: fallen.length,
    baseline: { name: "mean log p at the start", value: meanOf(first) },
    note: `Seed ${lab.seed}: mean log p of 64 digits of 14×14 rises to ${meanOf(last).toFixed(0)} nats in ${steps} steps, that of each by at least ${least.toFixed(0)}.`,
  };
}

async function draw(lab: Lab): Promise<Uint8Array> {
  const { real, given, filled } = await ascend(lab, 2000);
  const columns = 8;
  const size = columns * 196;
  const rows = Array.from({ length: 4 }, (_, k) =>
    [real, given, filled].map(({ data }) => ({
      data: data.slice(k * size, (k + 1) * size),
      shape: [columns, 1, 14, 14],
    })),
  );
  const plane = await invertibilityPicture(lab, await lab.train("nice", moons), moonsFrame);
  const digitRows = await sheetPng(joined(rows.flat()), { columns, scale: 2 });
  return await figuresBeside([Buffer.from(plane), Buffer.from(digitRows)]);
}
