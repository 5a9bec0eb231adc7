/**
 * What every model whose log p is only bounded must do: its importance weights have p(x) as their mean, its bounds stand in their
 * order below log p, and what it draws is of p(x). On pictures of so few pixels that all of them are looked at.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  compile,
  constant,
  createRuntime,
  createStream,
  type ExampleSpec,
  type Model,
  type ModelDefinition,
  models,
  type Runtime,
  resolveOptions,
  type Tensor,
  type Value,
} from "../../src/index.ts";
import { energyDistanceTest } from "../../src/metrics/two-sample/index.ts";
import { givenPart } from "../../src/nn/index.ts";

/** Choices of options under which a model has other weights, or any. */
const variants: { readonly [model: string]: readonly { readonly [option: string]: unknown }[] } = {
  realnvp: [{ dequantization: "variational" }],
  glow: [{ dequantization: "variational", levels: 1 }],
  cvae: [{ given: "part" }],
};
const classes = 2;
/** 64 pictures of 2×3, or 16 of 2×2 for models that halve the side. */
const specOf = ({ family }: ModelDefinition): ExampleSpec => ({
  ...{ kind: "image", shape: family === "flow" ? [1, 2, 2] : [1, 2, 3], levels: 2, classes },
});
const sizeOf = ({ shape }: ExampleSpec): number => shape.reduce((a, b) => a * b, 1);

type Case = readonly [title: string, build: () => Model, spec: ExampleSpec];
const bounded: Case[] = models
  .filter(({ data }) => data.includes("image"))
  .flatMap((definition) =>
    [{}, ...(variants[definition.name] ?? [])].flatMap((options): Case[] => {
      const buildOn = (spec: ExampleSpec) =>
        definition.build(resolveOptions(definition, "tiny", options), spec);
      // Some models refuse pictures as small as these, so a larger one tells what a model has.
      const side = Math.min(16, definition.pictures?.largest ?? 16);
      const { logWeights, likelihood } = buildOn({ ...specOf(definition), shape: [1, side, side] });
      if (!logWeights || likelihood !== "mass") return [];
      const chosen = Object.entries(options).map(([key, value]) => `, ${key} ${value}`);
      const spec = specOf(definition);
      return [[`${definition.name}${chosen.join("")}`, () => buildOn(spec), spec]];
    }),
  );

/** Every picture once. */
function all(spec: ExampleSpec): Value & { data: Float32Array } {
  const D = sizeOf(spec);
  const data = Float32Array.from({ length: 2 ** D * D }, (_, at) =>
    (Math.floor(at / D) >> (at % D)) & 1 ? 1 : -1,
  );
  return { data, shape: [2 ** D, ...spec.shape] };
}

/** A model whose parameters were all moved at random, so that nothing is near its start. */
async function moved(first: (x: Tensor) => unknown, x: Value, runtime: Runtime): Promise<void> {
  await compile(first as (x: Tensor) => Tensor, { runtime, training: false, name: "first" })(x);
  const random = createStream([3, 1]);
  for (const name of runtime.names()) {
    const { data, shape } = await runtime.get(name);
    const noise = random.normal(new Float32Array(data.length));
    await runtime.set(name, { data: (data as Float32Array).map((v, i) => v + 0.1 * noise[i]!), shape });
  }
}

const mean = (list: ArrayLike<number>): number => Array.from(list).reduce((a, b) => a + b, 0) / list.length;
const variance = (list: ArrayLike<number>): number => {
  const m = mean(list);
  return mean(Array.from(list, (v) => (v - m) ** 2));
};
/** log of the mean of exp. */
const logMeanExp = (list: readonly number[]): number => {
  const top = Math.max(...list);
  return top + Math.log(mean(list.map((v) => Math.exp(v - top))));
};

/** Draws of the weights of each picture: the fewer pictures the more. */
const drawsOf = (spec: ExampleSpec): number => 2 ** (17 - sizeOf(spec));

interface World {
  readonly model: Model;
  readonly runtime: Runtime;
  readonly spec: ExampleSpec;
  /** log w of each picture, draw after draw. */
  readonly logW: readonly (readonly number[])[];
  /** Sum of p(x) over all pictures: 1 for each part that may be given. */
  readonly total: number;
}

describe.each(bounded)("%s", (title, build, spec) => {
  let world: World;
  const draws = drawsOf(spec);
  beforeAll(async () => {
    const runtime = createRuntime({ device: "cpu", threads: 1, seed: 7 });
    const model = build();
    const x = all(spec);
    await moved((v) => model.logWeights!(v, 1), x, runtime);
    const f = compile((v: Tensor) => model.logWeights!(v, draws), { runtime, training: false, name: "w" });
    const data = (await f(x)).data as Float32Array;
    const n = x.shape[0]!;
    const logW = Array.from({ length: n }, (_, i) =>
      Array.from({ length: draws }, (_, k) => data[k * n + i]!),
    );
    const given = title.includes("part") ? givenPart(spec.shape, 1).reduce((a, b) => a + b, 0) : 0;
    world = { model, runtime, spec, logW, total: 2 ** given };
  });
  afterAll(() => world.runtime.dispose());

  test("the mean weights of all pictures add up to one", () => {
    const weights = world.logW.map((row) => row.map(Math.exp));
    const sum = weights.reduce((total, row) => total + mean(row), 0);
    const error = Math.sqrt(weights.reduce((total, row) => total + variance(row) / draws, 0));
    expect(error).toBeLessThan(0.06 * world.total);
    expect(Math.abs(sum - world.total)).toBeLessThan(4 * error);
  });

  test("ELBO ≤ L₁₀ ≤ log p, the bound between, and all of them below one in sum", async () => {
    const { model, runtime, logW } = world;
    const many = 400;
    const f = compile(
      (x: Tensor) =>
        model.bound!(x.tile([many, 1, 1, 1]))
          .reshape([many, -1])
          .mean(0),
      {
        ...{ runtime, training: false, name: "bound" },
      },
    );
    const bound = Array.from((await f(all(spec))).data as Float32Array);
    const elbo = logW.map(mean);
    const ten = logW.map((row) =>
      mean(
        Array.from({ length: Math.floor(draws / 10) }, (_, i) => logMeanExp(row.slice(10 * i, 10 * i + 10))),
      ),
    );
    const exact = logW.map(logMeanExp);
    const error = (k: number): number => 5 * Math.sqrt(mean(logW.map(variance)) / (k * logW.length));
    expect(mean(elbo)).toBeLessThan(mean(ten));
    expect(mean(ten)).toBeLessThan(mean(exact));
    expect(mean(bound)).toBeGreaterThan(mean(elbo) - error(many));
    expect(mean(bound)).toBeLessThan(mean(ten) + error(many));
    expect(bound.reduce((sum, v) => sum + Math.exp(v), 0)).toBeLessThan(world.total);
  });
});

/** Those that make pictures of two latent variables and draw their pixels. */
const decoded = bounded.filter(([, build]) => build().sampleGiven && build().prior);

describe.each(decoded)("%s, by quadrature over its latent variables", (_, build, spec) => {
  const model = build();
  const runtime = createRuntime({ device: "cpu", threads: 1, seed: 11 });
  const [D, draws] = [sizeOf(spec), drawsOf(spec)];
  const labels = (n: number): Tensor | undefined =>
    model.conditional ? constant(new Int32Array(n).fill(1), [n]) : undefined;
  /** p(x), of the second class where the model is conditional. */
  let p: Float64Array;
  beforeAll(async () => {
    await moved((v) => [model.logWeights!(v, 1), model.generate!(model.prior!(2))], all(spec), runtime);
    p = await byQuadrature();
  });
  afterAll(() => runtime.dispose());

  /** ∫ Πᵢ p(xᵢ|z) N(z; 0, I) dz of every picture: pixels are independent given z, and generate gives their means. */
  async function byQuadrature(): Promise<Float64Array> {
    const [side, reach] = [81, 6];
    const step = (2 * reach) / (side - 1);
    const width = await compile(() => model.prior!(1), { runtime, training: false, name: "one" })();
    const extra = width.shape[1]! - 2; // Further numbers of a conditional model choose the class, which is given here.
    const z = new Float32Array(side * side * (2 + extra));
    const weights = new Float64Array(side * side);
    for (let cell = 0; cell < weights.length; cell++) {
      const at = [cell % side, Math.floor(cell / side)].map((k) => k * step - reach);
      z.set(at, cell * (2 + extra));
      weights[cell] = (Math.exp(-0.5 * (at[0]! ** 2 + at[1]! ** 2)) / (2 * Math.PI)) * step ** 2;
    }
    const f = compile((v: Tensor) => model.generate!(v, labels(weights.length)), {
      ...{ runtime, training: false, name: "means" },
    });
    const { data } = await f({ data: z, shape: [weights.length, 2 + extra] });
    const sums = new Float64Array(2 ** D);
    for (let cell = 0; cell < weights.length; cell++)
      for (let code = 0; code < sums.length; code++) {
        let product = weights[cell]!;
        for (let i = 0; i < D; i++) {
          const white = (Number(data[cell * D + i]) + 1) / 2;
          product *= (code >> i) & 1 ? white : 1 - white;
        }
        sums[code]! += product;
      }
    return sums;
  }

  test("the mean weights are p(x)", async () => {
    expect(Math.abs(p.reduce((a, b) => a + b, 0) - 1)).toBeLessThan(1e-6);
    const f = compile((x: Tensor) => model.logWeights!(x, draws, labels(x.shape[0]!)), {
      ...{ runtime, training: false, name: "weights" },
    });
    const { data } = await f(all(spec));
    p.forEach((exact, code) => {
      const w = Array.from({ length: draws }, (_, k) => Math.exp(Number(data[k * p.length + code])));
      expect(Math.abs(mean(w) - exact)).toBeLessThan(5 * Math.sqrt(variance(w) / draws));
      expect(mean(w.map(Math.log))).toBeLessThan(Math.log(exact));
    });
  });

  test("draws each picture as often as p(x) says, which its means, rounded, are not", async () => {
    const n = 4096;
    const f = compile(
      () => {
        const z = model.prior!(n);
        return { drawn: model.sampleGiven!(z, labels(n)), means: model.generate!(z, labels(n)) };
      },
      { runtime, training: false, name: "draw" },
    );
    const { drawn, means } = await f();
    expect(new Set(drawn.data as Float32Array)).toEqual(new Set([-1, 1]));
    expect(misfit(drawn.data as Float32Array, p)).toBeLessThan(4.5);
    expect(misfit(means.data as Float32Array, p)).toBeGreaterThan(20);
  });
});

/** Pearson's χ² of pictures against probabilities, as standard deviations above its mean; rare pictures are counted together. */
function misfit(pictures: Float32Array, p: Float64Array): number {
  const D = Math.log2(p.length);
  const n = pictures.length / D;
  const counts = new Float64Array(p.length);
  for (let row = 0; row < n; row++)
    counts[
      Array.from({ length: D }, (_, i) => Number(pictures[row * D + i]! > 0) << i).reduce((a, b) => a + b)
    ]!++;
  const often = Array.from(p.keys()).filter((code) => n * p[code]! >= 5);
  const seen = often.map((code) => ({ got: counts[code]!, expected: n * p[code]! }));
  const rest = {
    got: n - seen.reduce((sum, { got }) => sum + got, 0),
    expected: n - seen.reduce((sum, { expected }) => sum + expected, 0),
  };
  const cells = rest.expected >= 5 ? [...seen, rest] : seen;
  const statistic = cells.reduce((sum, { got, expected }) => sum + (got - expected) ** 2 / expected, 0);
  return (statistic - (cells.length - 1)) / Math.sqrt(2 * (cells.length - 1));
}

const plane: ExampleSpec = { kind: "points", shape: [2], classes };
const ofPoints = models
  .filter(({ data }) => data.includes("points"))
  .map(
    (definition) => [definition.name, definition.build(resolveOptions(definition, "tiny"), plane)] as const,
  )
  .filter(([, { sampleGiven, logLikelihood }]) => sampleGiven && logLikelihood);

describe.each(ofPoints)("%s on points", (_, model) => {
  test("draws points of the density p(x|z)", async () => {
    const runtime = createRuntime({ device: "cpu", threads: 1, seed: 13 });
    const n = 500;
    const z = (count: number): Tensor => constant([0.7, -0.4], [1, 2]).expand([count, 2]);
    await moved(() => model.generate!(z(2)), { data: new Float32Array(2), shape: [1, 2] }, runtime);
    const options = { runtime, training: false };
    const { drawn, means } = await compile(
      () => ({ drawn: model.sampleGiven!(z(n)), means: model.generate!(z(n)) }),
      options,
    )();
    // Cells of the plane, numbered by their distribution function.
    const [side, reach] = [240, 6];
    const h = (2 * reach) / side;
    const centre = (k: number): number => (k + 0.5) * h - reach;
    const grid = Float32Array.from({ length: 2 * side * side }, (_, at) =>
      centre(at % 2 === 0 ? (at >> 1) % side : Math.floor((at >> 1) / side)),
    );
    const f = compile((x: Tensor) => model.logLikelihood!(x, z(side * side)), options);
    const { data } = await f({ data: grid, shape: [side * side, 2] });
    const mass = Array.from(data as Float32Array, (v) => Math.exp(v) * h * h);
    expect(Math.abs(mass.reduce((a, b) => a + b, 0) - 1)).toBeLessThan(0.01);
    const uniform = createStream([5, 5]).uniform(new Float32Array(3 * n));
    const chosen = cellsOf(mass, uniform.slice(0, n));
    const exact = Float64Array.from({ length: 2 * n }, (_, at) => {
      const cell = chosen[at >> 1]!;
      return grid[2 * cell + (at % 2)]! + h * (uniform[n + at]! - 0.5);
    });
    const test = async (points: Value): Promise<number> =>
      (
        await energyDistanceTest.test(
          { data: Float64Array.from(points.data as Float32Array), count: n, dimensions: 2 },
          { data: exact, count: n, dimensions: 2 },
          { seed: 1 },
        )
      ).pValue;
    expect(await test(drawn)).toBeGreaterThan(0.001);
    expect(await test(means)).toBeLessThan(0.01);
    await runtime.dispose();
  });
});

/** Cells of these masses by the inverse of their distribution function. */
function cellsOf(mass: readonly number[], uniform: Float32Array): number[] {
  const total = mass.reduce((a, b) => a + b, 0);
  let [cell, sum] = [0, mass[0]! / total];
  return [...uniform]
    .sort((a, b) => a - b)
    .map((u) => {
      while (sum < u && cell < mass.length - 1) sum += mass[++cell]! / total;
      return cell;
    });
}
