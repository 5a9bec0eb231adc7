/** Laws of estimators without gradients: what theory says exactly of principal components, clusters and density estimates. */
import { describe, expect, test } from "vitest";
import { floatDataset } from "../../src/data/float-dataset.ts";
import { pointSet } from "../../src/data/index.ts";
import {
  compile,
  createRuntime,
  createStream,
  findModel,
  gaussianMixture,
  type Model,
  mixtureLogDensity,
  models,
  type Runtime,
  resolveOptions,
  symmetricEigen,
  type Tensor,
} from "../../src/index.ts";
import { fitData } from "../../src/train/fit-data.ts";
import { createFitting } from "../../src/train/fitting.ts";

interface Fitted {
  readonly model: Model;
  readonly runtime: Runtime;
  /** What was logged, iteration by iteration. */
  readonly logged: readonly { readonly [name: string]: number }[];
  run(fn: (x: Tensor) => Tensor, x: Points): Promise<Float32Array>;
  get(name: string): Promise<Float32Array>;
}

interface Points {
  readonly data: Float32Array;
  readonly shape: readonly [count: number, dimensions: number];
}

/** Fits a model to points and hands it to `body`. */
async function withFitted<T>(
  name: string,
  options: { readonly [option: string]: unknown },
  { data, shape, labels }: Points & { readonly labels?: Int32Array },
  body: (fitted: Fitted) => Promise<T>,
  seed = 1,
): Promise<T> {
  const runtime = createRuntime({ device: "cpu", threads: 1, seed });
  try {
    const set = floatDataset({
      ...{ name: "points", kind: "points", shape: [shape[1]], values: data, fingerprint: "points" },
      ...(labels && { labels }),
    });
    const definition = findModel(name);
    const spec = { kind: "points", shape: [shape[1]], ...(labels && { classes: set.classes! }) } as const;
    const model = definition.build(resolveOptions(definition, "small", options), spec);
    const fitting = createFitting(model, fitData(set, { seed }), runtime);
    const logged: { [name: string]: number }[] = [];
    for (let numbers = await fitting.next(); numbers; numbers = await fitting.next())
      logged.push(numbers.losses);
    return await body({
      ...{ model, runtime, logged },
      run: async (fn, x) => (await compile(fn, { runtime, training: false })(x)).data as Float32Array,
      get: async (variable) => (await runtime.get(variable)).data as Float32Array,
    });
  } finally {
    await runtime.dispose();
  }
}

/** Points with correlated coordinates of different sizes. */
function correlated(count: number, d: number): Points {
  const data = createStream([3, d]).normal(new Float32Array(count * d));
  for (let i = 0; i < count; i++)
    for (let a = d - 1; a > 0; a--)
      data[i * d + a] = data[i * d + a]! / (a + 1) + 0.7 * data[i * d + a - 1]! + a;
  return { data, shape: [count, d] };
}

function moons(count: number): Points & { readonly labels: Int32Array } {
  const { train } = pointSet("moons", { length: count, seed: 4 });
  const all = Int32Array.from({ length: count }, (_, i) => i);
  const [data, labels] = [new Float32Array(2 * count), new Int32Array(count)];
  train.read(all, data);
  train.labels!(all, labels);
  return { data, shape: [count, 2], labels };
}

/** Mean and covariance, n in the denominator. */
function moments({ data, shape: [n, d] }: Points): { mean: Float64Array; covariance: Float64Array } {
  const mean = new Float64Array(d);
  for (let i = 0; i < n * d; i++) mean[i % d]! += data[i]! / n;
  const covariance = Float64Array.from({ length: d * d }, (_, at) => {
    const [a, b] = [Math.floor(at / d), at % d];
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (data[i * d + a]! - mean[a]!) * (data[i * d + b]! - mean[b]!);
    return sum / n;
  });
  return { mean, covariance };
}

const never = (rises: readonly number[], slack: number): void =>
  rises.slice(1).forEach((v, i) => void expect(v).toBeGreaterThanOrEqual(rises[i]! - slack));

describe("pca", () => {
  const points = correlated(300, 6);
  const { mean, covariance } = moments(points);
  const { values } = symmetricEigen(covariance, 6);

  test.each([1, 2, 4])(
    "with %i components the reconstruction error is the sum of the dropped eigenvalues",
    (k) =>
      withFitted("pca", { latent: k }, points, async ({ model, run, get, logged }) => {
        const made = await run((x) => model.reconstruct!(x), points);
        let error = 0;
        made.forEach((v, i) => {
          error += (v - points.data[i]!) ** 2 / 300;
        });
        const dropped = values.slice(k).reduce((a, b) => a + b, 0);
        expect(Math.abs(error - dropped)).toBeLessThan(1e-5 * values.reduce((a, b) => a + b, 0));
        const explained = 1 - dropped / values.reduce((a, b) => a + b, 0);
        expect(logged.at(-1)!["fit.explained variance"]).toBeCloseTo(explained, 10);
        const U = await get("pca/components");
        for (let i = 0; i < k; i++)
          for (let j = 0; j <= i; j++) {
            let product = 0;
            for (let a = 0; a < 6; a++) product += U[i * 6 + a]! * U[j * 6 + a]!;
            expect(product).toBeCloseTo(i === j ? 1 : 0, 6);
          }
      }),
  );

  test("whitened codes have mean 0 and covariance I", () =>
    withFitted("pca", { latent: 3 }, points, async ({ model, run }) => {
      const codes = await run((x) => model.encode!(x), points);
      const found = moments({ data: codes, shape: [300, 3] });
      found.mean.forEach((v) => void expect(v).toBeCloseTo(0, 5));
      found.covariance.forEach((v, at) => void expect(v).toBeCloseTo(at % 4 === 0 ? 1 : 0, 4));
    }));

  test("its density is the Gaussian's; with fewer components the dropped variances become their mean", async () => {
    const gaussian = gaussianMixture(
      { data: points.data, count: 300, dimensions: 6 },
      { components: 1, covariance: "full" },
    );
    await withFitted("pca", { latent: 6 }, points, async ({ model, run }) => {
      const nats = await run((x) => model.logProb!(x), points);
      const exact = mixtureLogDensity({ data: points.data, count: 300, dimensions: 6 }, gaussian);
      nats.forEach((v, i) => void expect(v).toBeCloseTo(exact[i]!, 3));
    });
    await withFitted("pca", { latent: 2 }, points, async ({ model, run }) => {
      // At the mean: −½ log det 2πC, with C's eigenvalues λ₁, λ₂ and four times σ².
      const noise = values.slice(2).reduce((a, b) => a + b, 0) / 4;
      const logDet = Math.log(values[0]! * values[1]! * noise ** 4);
      const nats = await run((x) => model.logProb!(x), { data: Float32Array.from(mean), shape: [1, 6] });
      expect(nats[0]).toBeCloseTo(-0.5 * (6 * Math.log(2 * Math.PI) + logDet), 4);
    });
  });

  test("fewer rows than dimensions give the same axes as their covariance does", () => {
    const few = { data: points.data.subarray(0, 5 * 6), shape: [5, 6] as const };
    const exact = symmetricEigen(moments(few).covariance, 6);
    return withFitted("pca", { latent: 3 }, few, async ({ get }) => {
      const [U, variances] = [await get("pca/components"), await get("pca/variances")];
      for (let i = 0; i < 3; i++) {
        expect(variances[i]).toBeCloseTo(exact.values[i]!, 4);
        let product = 0;
        for (let a = 0; a < 6; a++) product += U[i * 6 + a]! * exact.vectors[i * 6 + a]!;
        expect(Math.abs(product)).toBeCloseTo(1, 4);
      }
    });
  });
});

describe("kmeans", () => {
  test("inertia never rises, and is that of the reconstructions", () => {
    const points = moons(2000);
    return withFitted("kmeans", { clusters: 7 }, points, async ({ model, run, logged }) => {
      const inertias = logged.map((line) => line["fit.inertia"]!);
      expect(inertias.length).toBeGreaterThan(4);
      never(
        inertias.map((v) => -v),
        1e-12,
      );
      const made = await run((x) => model.reconstruct!(x), points);
      const error = made.reduce((sum, v, i) => sum + (v - points.data[i]!) ** 2, 0) / 2000;
      expect(error).toBeCloseTo(inertias.at(-1)!, 4);
      const votes = await run((x) => model.classify!(x).exp().sum(-1), points);
      votes.forEach((v) => void expect(v).toBeCloseTo(1, 5));
    });
  });

  test("finds the means of three blobs", () => {
    const centers = [0, 0, 4, 0, 0, 4];
    const data = createStream([5, 5])
      .normal(new Float32Array(2 * 900))
      .map((v, at) => 0.5 * v + centers[at % 6]!);
    return withFitted("kmeans", { clusters: 3 }, { data, shape: [900, 2] }, async ({ get }) => {
      const found = await get("kmeans/centers");
      for (const c of [0, 1, 2]) {
        const nearest = [0, 1, 2].map((k) =>
          Math.hypot(found[2 * k]! - centers[2 * c]!, found[2 * k + 1]! - centers[2 * c + 1]!),
        );
        expect(Math.min(...nearest)).toBeLessThan((4 * 0.5) / Math.sqrt(300));
      }
    });
  });
});

describe("gmm", () => {
  test.each([
    ["one mixture", {}],
    ["a mixture for each class", { byClass: true }],
    ["as many components as BIC wants", { choose: true }],
    ["diagonal covariances", { covariance: "diagonal" }],
  ])("%s: the log-likelihood never falls, and is the model's", (_, options) => {
    const points = moons(1500);
    return withFitted("gmm", { components: 5, ...options }, points, async ({ model, run, logged }) => {
      const nats = logged.map((line) => line["fit.log-likelihood"]!);
      expect(nats.length).toBeGreaterThan(3);
      never(nats, 1e-9);
      const byClass = "byClass" in options;
      const given = (x: Tensor): Tensor => {
        if (!byClass) return model.logProb!(x);
        return model.classify!(x).sub(Math.log(0.5)).max(-1);
      };
      const mean = (await run(given, points)).reduce((a, b) => a + b, 0) / 1500;
      // By class, nearly every point lies in the mixture of its own class only.
      expect(Math.abs(mean - nats.at(-1)!)).toBeLessThan(byClass ? 0.03 : 1e-4);
      const ones = await run((x) => model.encode!(x).sum(-1), points);
      ones.forEach((v) => void expect(v).toBeCloseTo(1, 5));
    });
  });

  test("by class, p(x) = Σ p(y) p(x|y), and samples are of the class asked for", () => {
    const points = moons(1500);
    return withFitted("gmm", { components: 4, byClass: true }, points, async ({ model, run }) => {
      const y = (x: Tensor, c: number): Tensor => x.narrow(1, 0, 1).reshape([-1]).mul(0).add(c).cast("int32");
      const difference = (x: Tensor): Tensor => {
        const share = points.labels.reduce((a, b) => a + b, 0) / 1500;
        const first = model.logProb!(x, y(x, 0))
          .exp()
          .mul(1 - share);
        return first
          .add(model.logProb!(x, y(x, 1)).exp().mul(share))
          .log()
          .sub(model.logProb!(x));
      };
      (await run(difference, points)).forEach((v) => void expect(v).toBeCloseTo(0, 3));
      const scores = await run((x) => model.classify!(model.sample!(1500, y(x, 1))), points);
      const right = Array.from({ length: 1500 }, (_, i) => scores[2 * i + 1]! > scores[2 * i]!);
      expect(right.filter(Boolean).length).toBeGreaterThan(1450);
    });
  });
});

/** Every registered model of the family with a density of points. */
const densities = models
  .filter(({ family, data }) => family === "classical" && data.includes("points"))
  .filter(
    (definition) =>
      definition.build(resolveOptions(definition, "small"), { kind: "points", shape: [2] }).logProb,
  )
  .map(({ name }) => name);

describe.each(densities)("the density of %s", (name) => {
  // One Gaussian about both moons is wide; bins of a histogram do not end where cells do, which fine cells even out.
  const frames: { readonly [model: string]: readonly [low: number, step: number, cells: number] } = {
    pca: [-4.5, 0.08, 120],
    histogram: [-2.5, 0.02, 300],
  };
  const [low, step, cells] = frames[name] ?? [-2.5, 0.05, 120];
  const grid: Points = {
    data: Float32Array.from({ length: 2 * cells ** 2 }, (_, at) => {
      const cell = Math.floor(at / 2);
      return low + step * ((at % 2 === 0 ? cell % cells : Math.floor(cell / cells)) + 0.5);
    }),
    shape: [cells ** 2, 2],
  };
  const fitted =
    { gmm: { components: 6 }, kde: { points: 150 }, pcakde: { points: 150 } }[name as string] ?? {};

  test("integrates to one, and its samples follow it", () =>
    withFitted(name, fitted, moons(2000), async ({ model, run, runtime }) => {
      const nats = await run((x) => model.logProb!(x), grid);
      const masses = Float64Array.from(nats, (v) => Math.exp(v) * step * step);
      const mass = masses.reduce((a, b) => a + b, 0);
      expect(Math.abs(mass - 1)).toBeLessThan(name === "histogram" ? 0.005 : 5e-4);

      const n = 20_000;
      const draw = (): Tensor => (model.sample ? model.sample(n) : model.generate!(model.prior!(n)));
      const { data } = await compile(draw, { runtime, training: false, name: "draw" })();
      const coarse = cells / 12; // cells along a square
      const [seen, expected] = [new Float64Array(144), new Float64Array(144)];
      const square = (x: number, y: number): number => 12 * Math.floor(y / coarse) + Math.floor(x / coarse);
      masses.forEach((m, cell) => {
        expected[square(cell % cells, Math.floor(cell / cells))]! += (m * n) / mass;
      });
      for (let i = 0; i < n; i++) {
        const [x, y] = [0, 1].map((axis) => Math.floor((Number(data[2 * i + axis]) - low) / step));
        if (Math.min(x!, y!) >= 0 && Math.max(x!, y!) < cells) seen[square(x!, y!)]!++;
      }
      const counted = [...expected.keys()].filter((s) => expected[s]! >= 5);
      const chiSquare = counted.reduce((sum, s) => sum + (seen[s]! - expected[s]!) ** 2 / expected[s]!, 0);
      // Wilson & Hilferty's quantile of chance 1e-4.
      const df = counted.length - 1;
      expect(counted.length).toBeGreaterThan(6);
      expect(chiSquare).toBeLessThan(df * (1 - 2 / (9 * df) + 3.72 * Math.sqrt(2 / (9 * df))) ** 3);
    }));
});

test.each(["kmeans", "gmm", "kde", "pcakde"])("%s depends on the data and the seed only", async (name) => {
  const options =
    { gmm: { components: 4 }, kde: { points: 100 }, pcakde: { points: 100 } }[name as string] ?? {};
  const estimated = (seed: number) =>
    withFitted(
      ...([name, options, moons(500)] as const),
      async ({ runtime, logged }) => {
        const values = await Promise.all(runtime.names().map((variable) => runtime.get(variable)));
        return JSON.stringify([logged, values.map(({ data }) => [...(data as Float32Array)])]);
      },
      seed,
    );
  const first = await estimated(1);
  expect(await estimated(1)).toBe(first);
  expect(await estimated(2)).not.toBe(first);
});
