/** Energy-based models against sums over all their states: energies, bounds, gradients, and where their chains end up. */
import { describe, expect, test } from "vitest";
import {
  compile,
  createRuntime,
  createStream,
  type ExampleSpec,
  grad,
  type Model,
  minimize,
  models,
  type Runtime,
  resolveOptions,
  type Tensor,
  type Value,
} from "../../src/index.ts";
import { deriveKey } from "../../src/tensor/random/key.ts";
import { createSequential } from "../../src/train/sequential.ts";
import { inFloat64 } from "../../src/verify/float64.node.ts";
import {
  boltzmannWeights,
  dbmWeights,
  dbnProbabilities,
  hiddenUnits,
  normalized,
  type Parameters,
  pixels,
  rbmWeights,
  stationary,
  unitsOf,
} from "./enumerated-machines.ts";

const spec: ExampleSpec = { kind: "image", shape: [1, 2, 3], levels: 2 };
const count = 2 ** pixels;
/** Every picture once. */
const all: Value & { data: Float32Array } = {
  data: Float32Array.from(
    { length: count * pixels },
    (_, i) => 2 * ((Math.floor(i / pixels) >> (i % pixels)) & 1) - 1,
  ),
  shape: [count, ...spec.shape],
};

const flip = 0.2;
const options: { readonly [model: string]: { readonly [option: string]: unknown } } = {
  rbm: { hidden: hiddenUnits.rbm, gibbs: 50 },
  dbm: { hidden: hiddenUnits.dbm, gibbs: 50, rounds: 30, pretrain: 0 },
  dbn: { hidden: hiddenUnits.dbn, gibbs: 50 },
  boltzmann: { hidden: hiddenUnits.boltzmann, sweeps: 30 },
  gsn: { hidden: [5], noise: 2 * flip, transitions: 50 },
};
const family = models.filter((definition) => definition.family === "energy").map(({ name }) => name);

const build = (name: string, more: { readonly [option: string]: unknown } = {}): Model => {
  const definition = models.find((model) => model.name === name)!;
  return definition.build(resolveOptions(definition, "tiny", { ...options[name], ...more }), spec);
};

async function withRuntime<T>(body: (runtime: Runtime) => Promise<T>): Promise<T> {
  const runtime = createRuntime({ device: "cpu", threads: 1, seed: 3 });
  try {
    return await body(runtime);
  } finally {
    await runtime.dispose();
  }
}

/** The phases' losses, so that all variables are there. */
const losses = (model: Model) => (x: Tensor) =>
  model.phases.map((phase) => {
    const loss = phase.loss({ x });
    return "loss" in loss ? (loss as { loss: Tensor }).loss : (loss as Tensor);
  });

/** Gives a model parameters ~ N(0, std²) and returns them. */
async function randomParameters(model: Model, runtime: Runtime, std = 1): Promise<Parameters> {
  await compile(losses(model), { runtime, training: true, name: "losses" }).prepare(all);
  const parameters = new Map<string, Float32Array>();
  for (const name of runtime.names().filter((one) => !one.startsWith("chains"))) {
    const { shape, data } = await runtime.get(name);
    const values = createStream(deriveKey("energy laws", name))
      .normal(new Float32Array(data.length))
      .map((v) => v * std);
    await runtime.set(name, { data: values, shape });
    parameters.set(name, values);
  }
  return parameters;
}

const evaluate = async (fn: (x: Tensor) => Tensor, runtime: Runtime): Promise<number[]> =>
  Array.from((await compile(fn, { runtime, training: false, name: "evaluate" })(all)).data as Float32Array);

/** p(x) of every picture, by the formulas. */
const exact: {
  readonly [model: string]: (p: Parameters, model: Model, runtime: Runtime) => Promise<number[]>;
} = {
  rbm: async (p) => normalized(rbmWeights(p)),
  dbm: async (p) => normalized(dbmWeights(p)),
  dbn: async (p) => dbnProbabilities(p),
  boltzmann: async (p) => normalized(boltzmannWeights(p)),
  async gsn(_, model, runtime) {
    const mean = await evaluate(model.reconstruct!, runtime);
    const rows = Array.from({ length: count }, (_, i) => mean.slice(i * pixels, (i + 1) * pixels));
    return stationary(
      rows.map((row) => row.map((v) => (v + 1) / 2)),
      flip,
    );
  },
};

const stateOf = (x: ArrayLike<number>, row: number): number =>
  Array.from({ length: pixels }, (_, i) => (x[row * pixels + i]! > 0 ? 2 ** i : 0)).reduce((a, b) => a + b);

/** Pearson's χ² of pictures against probabilities, as standard deviations above its mean; rare states are counted together. */
function misfit(pictures: ArrayLike<number>, p: readonly number[]): number {
  const n = pictures.length / pixels;
  const counts = new Float64Array(count);
  for (let row = 0; row < n; row++) counts[stateOf(pictures, row)]! += 1;
  const often = p.flatMap((q, state) => (q * n >= 5 ? [{ expected: q * n, got: counts[state]! }] : []));
  const rest = { expected: n, got: n };
  for (const { expected, got } of often)
    [rest.expected, rest.got] = [rest.expected - expected, rest.got - got];
  const cells = rest.expected > 1 ? [...often, rest] : often;
  const squares = cells.reduce((sum, { expected, got }) => sum + (got - expected) ** 2 / expected, 0);
  const freedom = cells.length - 1;
  return (squares - freedom) / Math.sqrt(2 * freedom);
}

const chains = 2000;
async function draw(
  model: Model,
  runtime: Runtime,
  given?: { x: Value; mask: Value },
): Promise<Float32Array> {
  const sampler = model.sequential!({ temperature: 1, cached: true });
  const sequential = createSequential(sampler, chains, { runtime, name: given ? "complete" : "sample" });
  const { data } = await sequential.draw({ seed: 1, portion: 0, ...(given && { start: { given } }) });
  return data as Float32Array;
}

describe("chains", () => {
  test("of every model of the family are looked at", () => {
    expect(Object.keys(exact).sort()).toEqual([...family].sort());
  });

  test.each(family)("%s: its chain ends up in its distribution", (name) =>
    withRuntime(async (runtime) => {
      const model = build(name);
      const p = await exact[name]!(await randomParameters(model, runtime), model, runtime);
      const pictures = await draw(model, runtime);
      expect(misfit(pictures, p)).toBeLessThan(4);
      expect(
        misfit(
          pictures,
          p.map(() => 1 / count),
        ),
      ).toBeGreaterThan(20);
    }),
  );

  // A belief net infers the layers below its top, and a GSN has no p(x) that its clamped chain would have to agree with.
  test.each(family)("%s: completes what is given", (name) =>
    withRuntime(async (runtime) => {
      const model = build(name);
      const p = await exact[name]!(await randomParameters(model, runtime), model, runtime);
      const known = [1, 1, 0, 1, 0, 0];
      const state = 0b001011;
      const repeated = (row: readonly number[]): Value => ({
        data: Float32Array.from({ length: chains * pixels }, (_, i) => row[i % pixels]!),
        shape: [chains, ...spec.shape],
      });
      const x = repeated(unitsOf(state, pixels).map((v, i) => (known[i] ? 2 * v - 1 : 1)));
      const pictures = await draw(model, runtime, { x, mask: repeated(known) });
      const fits = p.map((q, one) => (known.every((k, i) => !k || ((one ^ state) >> i) % 2 === 0) ? q : 0));
      for (let row = 0; row < chains; row++) expect(fits[stateOf(pictures, row)]).toBeGreaterThan(0);
      if (name === "dbn" || name === "gsn") return;
      expect(misfit(pictures, normalized(fits))).toBeLessThan(4);
    }),
  );
});

describe("energies", () => {
  test("rbm: −F(v) is the log-sum over all hidden states", () =>
    withRuntime(async (runtime) => {
      const model = build("rbm");
      const weights = rbmWeights(await randomParameters(model, runtime));
      const got = await evaluate(model.logUnnormalized!, runtime);
      got.forEach((v, state) => void expect(v).toBeCloseTo(Math.log(weights[state]!), 4));
    }));

  test("boltzmann: log p(v) is the log-sum over all hidden states, and sums to one", () =>
    withRuntime(async (runtime) => {
      const model = build("boltzmann");
      const p = normalized(boltzmannWeights(await randomParameters(model, runtime)));
      const got = await evaluate(model.logProb!, runtime);
      got.forEach((v, state) => void expect(v).toBeCloseTo(Math.log(p[state]!), 4));
      const f = await inFloat64((x) => model.logProb!(x), all.shape, runtime);
      const { data } = await f(all);
      await f.release();
      data.forEach((v, state) => void expect(Math.abs(v - Math.log(p[state]!))).toBeLessThan(1e-6));
      expect(Math.abs(data.reduce((sum, v) => sum + Math.exp(v), 0) - 1)).toBeLessThan(1e-6);
    }));

  test("dbm: the mean-field bound is below log p̃(v), and rises with every round", async () => {
    const bounds: number[][] = [];
    let weights: number[] = [];
    for (const rounds of [1, 3, 30])
      await withRuntime(async (runtime) => {
        const model = build("dbm", { rounds });
        weights = dbmWeights(await randomParameters(model, runtime));
        bounds.push(await evaluate(model.logUnnormalized!, runtime));
      });
    for (let state = 0; state < count; state++) {
      const [one, three, thirty] = bounds.map((bound) => bound[state]!) as [number, number, number];
      expect(thirty).toBeLessThanOrEqual(Math.log(weights[state]!) + 1e-4);
      expect(three).toBeGreaterThanOrEqual(one - 1e-4);
      expect(thirty).toBeGreaterThanOrEqual(three - 1e-4);
    }
    const gap = weights.reduce((sum, w, state) => sum + Math.log(w) - bounds[2]![state]!, 0) / count;
    expect(gap).toBeGreaterThan(0.01);
  });

  test.each(["dbm", "dbn"])("%s: the machine that it names has its Z", (name) =>
    withRuntime(async (runtime) => {
      const model = build(name);
      const p = await randomParameters(model, runtime);
      const { W, b, c } = await compile(() => model.rbm!(), { runtime, training: false, name: "machine" })();
      const parts = new Map(
        [
          ["top/W", W],
          ["top/b", b],
          ["top/c", c],
        ].map(([key, v]) => [key, (v as Value).data]),
      );
      const [visible, hidden] = W.shape as [number, number];
      const z = rbmWeights(parts as Parameters, "top", visible, hidden).reduce((a, w) => a + w, 0);
      const own = name === "dbm" ? dbmWeights(p) : rbmWeights(p, "rbm2", ...hiddenUnits.dbn);
      expect(Math.log(z)).toBeCloseTo(Math.log(own.reduce((a, w) => a + w, 0)), 4);
    }),
  );
});

describe("learning", () => {
  const rows = 40;
  const data = {
    data: createStream([5, 8])
      .uniform(new Float32Array(rows * pixels))
      .map((u, i) => (u < 0.3 + 0.08 * (i % pixels) ? 1 : -1)),
    shape: [rows, ...spec.shape],
  };
  const unit = (i: number): number => (data.data[i]! + 1) / 2;
  const dataMoment = (i: number, j: number): number =>
    Array.from({ length: rows }, (_, r) => unit(r * pixels + i) * unit(r * pixels + j)).reduce(
      (a, b) => a + b,
    ) / rows;
  const momentOf = (p: readonly number[], i: number, j: number): number =>
    p.reduce((sum, q, state) => sum + q * ((state >> i) & (state >> j) & 1), 0);

  test("boltzmann: the gradient is the difference of the moments, by enumeration", () =>
    withRuntime(async (runtime) => {
      const model = build("boltzmann", { hidden: 0 });
      const p = normalized(boltzmannWeights(await randomParameters(model, runtime), 0));
      const network = model.phases[0]!.train as unknown as { parameters(): Tensor[] };
      const f = compile(
        (x: Tensor) => {
          const [loss] = losses(model)(x);
          return grad(loss!, network.parameters());
        },
        { runtime, training: true, name: "gradient" },
      );
      const [W, theta] = await f(data);
      for (let i = 0; i < pixels; i++) {
        expect(theta!.data[i]).toBeCloseTo(momentOf(p, i, i) - dataMoment(i, i), 5);
        for (let j = 0; j < i; j++)
          expect(W!.data[i * pixels + j]).toBeCloseTo(momentOf(p, i, j) - dataMoment(i, j), 5);
      }
    }));

  test("boltzmann: what it has learned has the pairwise moments of the data", () =>
    withRuntime(async (runtime) => {
      const model = build("boltzmann", { hidden: 0, lr: 0.05 });
      const [phase] = model.phases;
      const step = compile((x: Tensor) => minimize(losses(model)(x)[0]!, phase!.train, phase!.optimizer), {
        runtime,
        training: true,
        name: "train",
      });
      for (let i = 0; i < 30; i++) await step.many(Array.from({ length: 50 }, () => [data]));
      const p = (await evaluate(model.logProb!, runtime)).map(Math.exp);
      for (let i = 0; i < pixels; i++)
        for (let j = 0; j <= i; j++)
          expect(Math.abs(momentOf(p, i, j) - dataMoment(i, j))).toBeLessThan(1e-3);
    }));

  test("dbn: a second layer turned around gives the first one's log p, and learning from there raises it", () =>
    withRuntime(async (runtime) => {
      const model = build("dbn", { lr: 0.05, k: 5, chains: 200 });
      const p = new Map(await randomParameters(model, runtime));
      const [W, b, c] = ["W", "b", "c"].map((name) => p.get(`rbm1/${name}`) as Float32Array);
      const [units] = hiddenUnits.dbn;
      const turned = Float32Array.from(
        { length: units * pixels },
        (_, i) => W![(i % pixels) * units + Math.floor(i / pixels)]!,
      );
      await runtime.set("rbm2/W", { data: turned, shape: [units, pixels] });
      await runtime.set("rbm2/b", { data: c!, shape: [units] });
      await runtime.set("rbm2/c", { data: b!, shape: [pixels] });
      const own = rbmWeights(p, "rbm1");
      const z = own.reduce((a, w) => a + w, 0);
      (await evaluate(model.logUnnormalized!, runtime)).forEach((v, state) => {
        expect(v).toBeCloseTo(Math.log(own[state]!), 3); // Z of both machines is the same
      });

      const [, phase] = model.phases;
      const step = compile(
        (x: Tensor) => minimize(losses({ phases: [phase!] })(x)[0]!, phase!.train, phase!.optimizer),
        {
          runtime,
          training: true,
          name: "train",
        },
      );
      await step.many(Array.from({ length: 400 }, () => [data]));
      for (const part of ["W", "b", "c"])
        p.set(`rbm2/${part}`, (await runtime.get(`rbm2/${part}`)).data as Float32Array);
      const top = rbmWeights(p, "rbm2", ...hiddenUnits.dbn).reduce((a, w) => a + w, 0);
      const f = compile(model.logUnnormalized!, { runtime, training: false, name: "bound" });
      const repeated = { data: new Float32Array(100 * data.data.length), shape: [100 * rows, ...spec.shape] };
      for (let i = 0; i < 100; i++) repeated.data.set(data.data, i * data.data.length);
      const bounds = (await f(repeated)).data as Float32Array;
      const after = bounds.reduce((a, v) => a + v, 0) / bounds.length - Math.log(top);
      const before =
        Array.from({ length: rows }, (_, r) => Math.log(own[stateOf(data.data, r)]! / z)).reduce(
          (a, v) => a + v,
        ) / rows;
      expect(after).toBeGreaterThan(before + 0.1);
    }));
});
