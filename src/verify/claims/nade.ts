/** What a neural autoregressive distribution estimator must show: specification E2. */
import { completions } from "../../train/complete.node.ts";
import { readMetrics } from "../../train/metrics-log.node.ts";
import type { OpenRun } from "../../train/open-run.node.ts";
import { sheetPng } from "../../train/sheet.node.ts";
import { joined } from "../chains.ts";
import type { Finding, ModelClaims } from "../claim.ts";
import type { Lab, TrainingPlan } from "../lab.node.ts";
import { heatMaps, inColor, trueNll } from "../pixel-measures.ts";
import { inColumns } from "../pixel-models.ts";
import {
  halves,
  independentNats,
  logProbs,
  natsOf,
  sumOfProbabilities,
  withOptions,
} from "../pixel-orders.ts";

const xorMesh: TrainingPlan = {
  data: "xor-mesh",
  size: 8,
  steps: 2000,
  batch: 100,
  options: { hidden: 128 },
};
const digits: TrainingPlan = { data: "binarized-mnist", size: 14, steps: 1000, batch: 100 };
/** A step costs a tenth of one in a single order, so it gets more of them in less time; the claim says so. */
const orderless: TrainingPlan = {
  ...digits,
  steps: 4000,
  batch: 200,
  options: { orderless: true, lr: 2e-3 },
};

const orders = 8;
const held = async (lab: Lab, n: number) =>
  lab.examples((await lab.data("binarized-mnist", { size: 14 })).test!, n);

/** log p of test pictures in random orders of the pixels, one list for each order. */
async function inRandomOrders(lab: Lab, n: number): Promise<Float64Array[]> {
  const run = await lab.train("nade", orderless);
  const examples = await held(lab, n);
  const found: Float64Array[] = [];
  for (let orderSeed = 0; orderSeed < orders; orderSeed++)
    found.push(
      await withOptions(run, { order: "random", orderSeed }, (open) => logProbs(lab, open, examples)),
    );
  return found;
}

const mean = (values: Float64Array): number => values.reduce((sum, v) => sum + v, 0) / values.length;

async function meanOrder(lab: Lab): Promise<Finding> {
  const nll = (await inRandomOrders(lab, 1000)).map((logs) => -mean(logs));
  const value = nll.reduce((sum, v) => sum + v, 0) / orders;
  const one = await lab.train("nade", digits);
  const single = -mean(await logProbs(lab, one, await held(lab, 1000)));
  const seconds = async (run: OpenRun): Promise<string> =>
    ((await readMetrics(run.folder)).at(-1)?.seconds ?? Number.NaN).toFixed(0);
  const times = [await seconds(await lab.train("nade", orderless)), await seconds(one)];
  return {
    value: value - single,
    baseline: { name: "NLL of NADE in one order", value: single },
    note: `Seed ${lab.seed}: ${value.toFixed(2)} nats over ${orders} orders, from ${Math.min(...nll).toFixed(2)} to ${Math.max(...nll).toFixed(2)}; ${times[0]} s of training for all orders, ${times[1]} s for one.`,
  };
}

async function ensemble(lab: Lab): Promise<Finding> {
  const all = await inRandomOrders(lab, 1000);
  const joint = all[0]!.map((_, i) => {
    const logs = all.map((one) => one[i]!);
    const most = Math.max(...logs);
    return most + Math.log(logs.reduce((sum, l) => sum + Math.exp(l - most), 0) / orders);
  });
  const value = all.reduce((sum, logs) => sum - mean(logs), 0) / orders;
  return { value: value + mean(joint), baseline: { name: "NLL of the mean order", value } };
}

/** Nats per hidden pixel given the other half, divided by those of independent pixels: the worst of four halves. */
async function missingHalves(lab: Lab): Promise<Finding> {
  const run = await lab.train("nade", orderless);
  const { train, test } = await lab.data("binarized-mnist", { size: 14 });
  const examples = await held(lab, 1000);
  const ratios: number[] = [];
  for (const { order, hidden } of halves) {
    const where = (place: number): boolean => hidden(Math.floor(place / 14), place % 14, 14);
    const nats = await withOptions(run, { order }, (open) => natsOf(lab, open, examples, where));
    ratios.push(nats / independentNats(lab, { train, test: test! }, 1000, where));
  }
  const text = halves.map(({ name }, i) => `${name} ${ratios[i]!.toFixed(2)}`).join(", ");
  return {
    value: Math.max(...ratios),
    baseline: { name: "independent pixels", value: 1 },
    note: `Seed ${lab.seed}: ${text}.`,
  };
}

export const claims: ModelClaims = {
  model: "nade",
  claims: [
    {
      id: "xormesh-nll",
      claim:
        "On the XOR mesh 8×8 (entropy 12.70 nats) 128 units reach a test NLL of at most 15.0, far below FVBN's.",
      unit: "nats",
      atMost: 15,
      threshold: "estimate",
      minutes: 0.5,
      async measure(lab) {
        const run = await lab.train("nade", xorMesh);
        const fvbn = await lab.train("fvbn", { data: "xor-mesh", size: 8, steps: 2000, batch: 100 });
        const truth = trueNll(lab, (await lab.data("xor-mesh")).test!, 10_000);
        return {
          value: await lab.nll(run, { examples: 10_000 }),
          baseline: { name: "FVBN", value: await lab.nll(fvbn, { examples: 10_000 }) },
          note: `The distribution that they come from has ${truth.toFixed(2)} nats on the same pictures.`,
        };
      },
    },
    {
      id: "orderless-mean",
      claim:
        "On binarized MNIST 14×14, one network for all orders, which has seen 800,000 pictures, has over 8 random orders a mean NLL at most 1.5 nats above that of NADE in one order, which has seen 100,000 in more time.",
      unit: "nats above one order",
      atMost: 1.5,
      threshold: "estimate",
      minutes: 2,
      measure: meanOrder,
    },
    {
      id: "orderless-ensemble",
      claim: "The mean of the probabilities in 8 orders beats the mean order (Jensen's inequality).",
      unit: "nats gained",
      atLeast: 0,
      threshold: "exact",
      minutes: 0.3,
      measure: ensemble,
    },
    {
      id: "missing-halves",
      claim:
        "Any hidden half of a binarized MNIST digit (bottom, top, left, right; 14×14) costs, given the other half, at least 15 % less than independent pixels.",
      unit: "of independent pixels' nats, the worst half",
      atMost: 0.85,
      threshold: "estimate",
      minutes: 0.3,
      measure: missingHalves,
    },
    {
      id: "sums-to-one",
      claim:
        "Trained orderless on mesh 3×3, the probabilities of all 512 pictures in a random order add up to one to 1e-6.",
      unit: "|Σ p − 1|",
      atMost: 1e-6,
      threshold: "exact",
      minutes: 0.1,
      async measure(lab) {
        const options = { hidden: 32, orderless: true, order: "random" };
        const run = await lab.train("nade", { data: "mesh", size: 3, steps: 300, batch: 100, options });
        const { train } = await lab.data("mesh", { size: 3 });
        return { value: Math.abs((await sumOfProbabilities(lab, run, train)) - 1) };
      },
    },
  ],
  picture: {
    caption:
      "One orderless NADE on binarized MNIST 14×14 completes any half: digits, what is given of them, and eight completions, for the bottom, top, left and right half missing. Last rows: digits and −log p of their pixels",
    async draw(lab) {
      const run = await lab.train("nade", orderless);
      const rows = [];
      for (const missing of ["bottom", "top", "left", "right"] as const) {
        const { real, given, completed } = await withOptions(run, {}, (open) =>
          completions(open, { n: 2, completions: 8, missing, seed: lab.seed }),
        );
        rows.push(inColor(inColumns([real, given, ...completed])));
      }
      const known = await held(lab, 10);
      const nats = await lab.compile(run, "heat", (x) => run.model.logProbByElement!(x).neg())(known);
      const heat = { data: nats.data as Float32Array, shape: nats.shape };
      return await sheetPng(joined([...rows, inColor(known), heatMaps(heat, 3)]), { columns: 10, scale: 3 });
    },
  },
};
