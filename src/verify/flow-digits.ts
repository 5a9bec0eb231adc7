/** What the claims about flows of digits measure: a Gaussian to beat, how sharp pictures are, how bold digits are. */
import type { Dataset } from "../data/dataset.ts";
import { createStream, sizeOf, type Tensor } from "../tensor/index.ts";
import { deriveKey } from "../tensor/random/index.ts";
import type { Examples } from "../train/latents.node.ts";
import type { OpenRun } from "../train/open-run.node.ts";
import type { Finding } from "./claim.ts";
import { bitsOf } from "./flow-measures.ts";
import { judgeOf } from "./judge.ts";
import type { Lab, TrainingPlan } from "./lab.node.ts";

/** Bits per dimension of test examples by a Gaussian of independent pixels after logit(α + (1 − 2α)v). */
export function gaussianAfterLogit(
  lab: Lab,
  { train, test }: { readonly train: Dataset; readonly test: Dataset },
  alpha: number,
): number {
  const slope = ((1 - 2 * alpha) * 255) / 512;
  const toLogit = (examples: Examples, name: string) => {
    const noise = createStream(deriveKey(lab.seed, name)).uniform(new Float32Array(examples.data.length));
    return Float64Array.from(examples.data, (v, i) => {
      const p = 0.5 + slope * (v + (noise[i]! - 0.5) / 127.5);
      return Math.log(p / (1 - p));
    });
  };
  const [n, d] = [10_000, sizeOf(train.shape)];
  const z = toLogit(lab.examples(train, n), "train");
  const [mean, square] = [new Float64Array(d), new Float64Array(d)];
  z.forEach((v, i) => {
    mean[i % d]! += v / n;
    square[i % d]! += (v * v) / n;
  });
  const held = toLogit(lab.examples(test, 2000), "test");
  let nats = 0;
  held.forEach((v, i) => {
    const variance = square[i % d]! - mean[i % d]! ** 2;
    const logSlope = Math.log(slope) + Math.log(1 + Math.exp(v)) + Math.log(1 + Math.exp(-v));
    nats += -0.5 * (Math.log(2 * Math.PI * variance) + (v - mean[i % d]!) ** 2 / variance) + logSlope;
  });
  return bitsOf((-nats / held.length) * d, d);
}

/** Mean square of the discrete Laplacian inside pictures of side×side. */
export function laplacianEnergy(pixels: Float32Array, side: number): number {
  let [sum, count] = [0, 0];
  for (let i = 0; i < pixels.length; i++) {
    const [row, column] = [Math.floor(i / side) % side, i % side];
    if (row === 0 || row === side - 1 || column === 0 || column === side - 1) continue;
    const around = pixels[i - 1]! + pixels[i + 1]! + pixels[i - side]! + pixels[i + side]!;
    sum += (around - 4 * pixels[i]!) ** 2;
    count++;
  }
  return sum / count;
}

const average = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((a, b) => a + b, 0) / values.length;

/** Mean pixel of each picture. */
const inkOf = ({ data, shape: [n = 0] }: Examples): number[] =>
  Array.from({ length: n }, (_, i) =>
    average(data.subarray((i * data.length) / n, ((i + 1) * data.length) / n)),
  );

export interface Digits extends Examples {
  readonly classes: Int32Array;
  /** Mean ink of each class. */
  readonly ink: readonly number[];
}

/** The first n digits of MNIST at side×side. */
export async function digitsOf(lab: Lab, split: "train" | "test", n: number, side: number): Promise<Digits> {
  const data = (await lab.data("mnist", { size: side }))[split]!;
  const x = lab.examples(data, n);
  const classes = new Int32Array(n);
  data.labels!(Int32Array.from(classes.keys()), classes);
  const all = inkOf(x);
  const ink = Array.from({ length: 10 }, (_, c) => average(all.filter((_, i) => classes[i] === c)));
  return { ...x, classes, ink };
}

/** How bold each picture is for the digit that it is: its ink less that of its class. */
export const boldnessOf = (x: Examples, classes: ArrayLike<number>, ink: readonly number[]): number[] =>
  inkOf(x).map((v, i) => v - ink[classes[i]!]!);

/** Rows of the thinnest and of the boldest third, and how bold the middle one of the boldest is. */
export function extremes(digits: Digits): {
  readonly thin: readonly number[];
  readonly bold: readonly number[];
  readonly typical: number;
} {
  const boldness = boldnessOf(digits, digits.classes, digits.ink);
  const order = [...boldness.keys()].sort((a, b) => boldness[a]! - boldness[b]!);
  const third = Math.floor(order.length / 3);
  const bold = order.slice(-third);
  return { thin: order.slice(0, third), bold, typical: boldness[bold[Math.floor(third / 2)]!]! };
}

/** Rows of d numbers by their numbers. */
export const takeRowsOf = (values: Float32Array, rows: readonly number[], d: number): Float32Array =>
  Float32Array.from({ length: rows.length * d }, (_, i) => values[rows[Math.floor(i / d)]! * d + (i % d)]!);

/** Mean of rows, number by number. */
export const meanOfRows = (values: Float32Array, rows: readonly number[], d: number): Float32Array =>
  Float32Array.from({ length: d }, (_, k) => average(rows.map((row) => values[row * d + k]!)));

/**
 * z + a (mean z of bold digits − mean z of thin ones): direction and a come from training digits; thin test
 * digits are moved so. Bold: as the median of the boldest third.
 */
export async function bolder(lab: Lab, run: OpenRun, classifier: TrainingPlan): Promise<Finding> {
  const judge = await judgeOf(lab, classifier);
  const [, , side = 1] = run.spec.shape;
  const d = side * side;
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
