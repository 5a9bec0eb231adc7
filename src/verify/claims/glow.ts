/** What Glow must show: specification E13. Its faces are not at hand: the attribute edited here is how bold a digit is. */
import type { Tensor } from "../../tensor/index.ts";
import { createSampler, type Examples } from "../../train/latents.node.ts";
import type { OpenRun } from "../../train/open-run.node.ts";
import { sheetPng } from "../../train/sheet.node.ts";
import type { Claim, Finding, ModelClaims } from "../claim.ts";
import { boldnessOf, type Digits, digitsOf, extremes, meanOfRows, takeRowsOf } from "../flow-digits.ts";
import { bitsOf, determinantError, inverseFinding } from "../flow-measures.ts";
import { judgeOf } from "../judge.ts";
import type { Lab, TrainingPlan } from "../lab.node.ts";

type Permutation = "1x1" | "shuffle" | "reverse";
const small = { data: "mnist", size: 16 } as const;
const digits = (permutation: Permutation): TrainingPlan => ({
  ...small,
  ...{ steps: 1500, batch: 64, options: { steps: 4, levels: 2, width: 32, permutation } },
});
const moons: TrainingPlan = { data: "moons", steps: 1500, batch: 256, options: { steps: 6, width: 64 } };
const side = 16;

const bitsOfDigits = async (lab: Lab, run: OpenRun): Promise<number> =>
  bitsOf(await lab.nll(run, { examples: 2000 }), side * side);

export const claims: ModelClaims = {
  model: "glow",
  claims: [
    compared(
      "1x1-shuffle",
      "1x1",
      "shuffle",
      "Learned 1×1 convolutions need at least 0.01 bits/dim less than fixed shuffles at equal depth.",
    ),
    compared(
      "shuffle-reverse",
      "shuffle",
      "reverse",
      "Fixed shuffles need at least 0.01 bits/dim less than reversals at equal depth.",
    ),
    {
      id: "below-realnvp",
      claim: "On MNIST at 16×16 it needs fewer bits than a RealNVP of as many parameters, equally trained.",
      unit: "bits/dim below",
      atLeast: 0,
      threshold: "estimate",
      minutes: 3,
      async measure(lab) {
        const glow = await lab.train("glow", digits("1x1"));
        const realnvp = await lab.train("realnvp", {
          ...{ ...small, steps: 1500, batch: 64 },
          options: { couplings: 2, scales: 2, width: 20, blocks: 1 },
        });
        const [own, other] = [await bitsOfDigits(lab, glow), await bitsOfDigits(lab, realnvp)];
        return {
          value: other - own,
          baseline: { name: "RealNVP", value: other },
          note: `Glow has ${parametersOf(glow)} parameters, RealNVP ${parametersOf(realnvp)}; Glow needs ${own.toFixed(3)} bits/dim.`,
        };
      },
    },
    {
      id: "bold",
      claim:
        "z + a(mean z of bold digits − mean z of thin ones) with an a ≤ 1.5 chosen on training digits makes at least 80 % of thin test digits bold, and at least 80 % stay the digit they were.",
      unit: "%",
      atLeast: 80,
      threshold: "estimate",
      minutes: 3,
      measure: bolder,
    },
    {
      id: "inverse",
      claim:
        "Trained on digits, f⁻¹(f(x)) differs from x by less than 10⁻⁵ in every pixel of 500 held-out digits, in double precision.",
      unit: "largest difference",
      atMost: 1e-5,
      threshold: "exact",
      need: "one seed",
      minutes: 1.5,
      async measure(lab) {
        const held = (await lab.data("mnist", { size: side })).test!;
        return await inverseFinding(lab, await lab.train("glow", digits("1x1")), lab.examples(held, 500));
      },
    },
    {
      id: "log-determinant",
      claim:
        "On moons the determinant, by LU factors, is that of the derivative to 10⁻⁶ of the products that it is made of, in double precision.",
      unit: "relative",
      atMost: 1e-6,
      threshold: "exact",
      need: "one seed",
      minutes: 0.5,
      async measure(lab) {
        const held = (await lab.data("moons")).test!;
        return {
          value: await determinantError(await lab.train("glow", moons), lab.examples(held, 1000)),
        };
      },
    },
  ],
  picture: {
    caption: "Digits of 16×16 at temperatures 0.5, 0.7, 0.85 and 1, from the same latent vectors.",
    async draw(lab) {
      const run = await lab.train("glow", digits("1x1"));
      const rows: Examples[] = [];
      for (const temperature of [0.5, 0.7, 0.85, 1])
        rows.push(await createSampler(run, { temperature }).sample(lab.seed, 0, 12));
      const data = Float32Array.from(rows.flatMap((row) => [...row.data]));
      return await sheetPng({ data, shape: [48, 1, side, side] }, { columns: 12, scale: 3 });
    },
  },
};

function compared(id: string, better: Permutation, worse: Permutation, claim: string): Claim {
  return {
    ...{ id, claim },
    unit: "bits/dim below",
    atLeast: 0.01,
    threshold: "estimate",
    need: "two of three",
    minutes: 3,
    async measure(lab) {
      const value = await bitsOfDigits(lab, await lab.train("glow", digits(worse)));
      const own = await bitsOfDigits(lab, await lab.train("glow", digits(better)));
      return {
        value: value - own,
        baseline: { name: worse, value },
        note: `${better} needs ${own.toFixed(3)} bits/dim.`,
      };
    },
  };
}

const parametersOf = ({ model }: OpenRun): number =>
  model.phases
    .flatMap(({ train }) => ("variables" in train ? [train] : train))
    .flatMap((part) => ("variables" in part ? part.variables() : [part]))
    .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);

const d = side * side;

/** Direction and a come from training digits; thin test digits are moved so. Bold: as the median of the boldest third. */
async function bolder(lab: Lab): Promise<Finding> {
  const run = await lab.train("glow", digits("1x1"));
  const judge = await judgeOf(lab, { ...small, steps: 800, options: { networks: "mlp" } });
  const encode = lab.compile(run, "encode", (v: Tensor) => run.model.encode!(v));
  const decode = lab.compile(run, "decode", (v: Tensor) => run.model.decode!(v));
  const codes = async (x: Examples): Promise<Float32Array> =>
    Float32Array.from((await encode(x)).data as Float32Array);

  const known = await digitsOf(lab, "train", 3000, side);
  const z = await codes(known);
  const ends = extremes(known);
  const [from, to] = [meanOfRows(z, ends.thin, d), meanOfRows(z, ends.bold, d)];

  /** Thin digits among `all` moved by a: shares that become bold, and that stay the digit that they were. */
  const moved = async (all: Digits, latents: Float32Array, a: number) => {
    const { thin, typical } = extremes(all);
    const shape = [thin.length, 1, side, side];
    const before = await judge.see({ data: takeRowsOf(all.data, thin, d), shape });
    const there = takeRowsOf(latents, thin, d).map((v, i) => v + a * (to[i % d]! - from[i % d]!));
    const { data } = await decode({ data: there, shape: [thin.length, d] });
    const pictures = { data: Float32Array.from(data as Float32Array), shape };
    const after = await judge.see(pictures);
    const boldness = boldnessOf(
      pictures,
      thin.map((row) => all.classes[row]!),
      all.ink,
    );
    const percent = (of: (i: number) => boolean): number =>
      (100 * thin.filter((_, i) => of(i)).length) / thin.length;
    const added = percent((i) => boldness[i]! >= typical);
    const kept = percent((i) => after.classes[i] === before.classes[i]);
    return { a, added, kept, least: Math.min(added, kept) };
  };
  const tried = [];
  for (const a of [0.5, 0.75, 1, 1.25, 1.5]) tried.push(await moved(known, z, a));
  const best = tried.reduce((one, other) => (other.least > one.least ? other : one));

  const held = await digitsOf(lab, "test", 1500, side);
  const found = await moved(held, await codes(held), best.a);
  return {
    value: found.least,
    baseline: { name: "thin digits that are bold unedited", value: 0 },
    note: `Seed ${lab.seed}: a = ${found.a}, the best for training digits: ${found.added.toFixed(0)} % become bold, ${found.kept.toFixed(0)} % keep their class, by a judge that is right about ${judge.accuracy.toFixed(1)} % of test digits.`,
  };
}
