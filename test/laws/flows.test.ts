/** What every flow of the registry must do: invert, count volumes, integrate to one, and sample what it says is likely. */
import { describe, expect, test } from "vitest";
import {
  compile,
  createRuntime,
  createStream,
  type ExampleSpec,
  grad,
  type Model,
  type ModelDefinition,
  models,
  type Runtime,
  resolveOptions,
  type Tensor,
  type Value,
} from "../../src/index.ts";
import { energyDistanceTest } from "../../src/metrics/two-sample/index.ts";
import { createSampler } from "../../src/train/latents.node.ts";
import type { OpenRun } from "../../src/train/open-run.node.ts";
import { inFloat64 } from "../../src/verify/float64.node.ts";

const specs: { readonly [name: string]: ExampleSpec } = {
  points: { kind: "points", shape: [2] },
  "points of three numbers": { kind: "points", shape: [3] },
  "pictures of 4×4": { kind: "image", shape: [1, 4, 4], levels: 256 },
};
const variants: { readonly [model: string]: readonly { readonly [option: string]: unknown }[] } = {
  maf: [{ direction: "inverse" }],
  glow: [{ permutation: "shuffle" }, { permutation: "reverse" }],
};
type Case = readonly [title: string, definition: ModelDefinition, spec: ExampleSpec, options: object];
const cases: Case[] = models
  .filter(({ family }) => family === "flow")
  .flatMap((definition) =>
    Object.entries(specs).flatMap(([data, spec]) =>
      [{}, ...(spec.kind === "points" ? (variants[definition.name] ?? []) : [])].map((options): Case => {
        const chosen = Object.entries(options).map(([key, value]) => `, ${key} ${value}`);
        return [`${definition.name} on ${data}${chosen.join("")}`, definition, spec, options];
      }),
    ),
  );
const planar = cases.filter(([, , { kind, shape }]) => kind === "points" && shape[0] === 2);

const batch = 6;

/** A model whose parameters were all moved at random, so that no layer is near the identity. */
async function withFlow<T>(
  [, definition, spec, options]: Case,
  body: (model: Model, runtime: Runtime) => Promise<T>,
): Promise<T> {
  const runtime = createRuntime({ device: "cpu", threads: 1, seed: 5 });
  try {
    const model = definition.build(resolveOptions(definition, "tiny", { ...options }), spec);
    await compile((x: Tensor) => model.logProb!(x), { runtime, training: false })(examples(spec));
    const random = createStream([3, 1]);
    for (const name of runtime.names()) {
      const { data, shape } = await runtime.get(name);
      const noise = random.normal(new Float32Array(data.length));
      await runtime.set(name, { data: (data as Float32Array).map((v, i) => v + 0.2 * noise[i]!), shape });
    }
    return await body(model, runtime);
  } finally {
    await runtime.dispose();
  }
}

/** Points around the origin, or pixels between black and white. */
function examples({ kind, shape }: ExampleSpec, n = batch): Value & { data: Float32Array } {
  const size = shape.reduce((a, b) => a * b, n);
  const data = createStream([7, 11]).normal(new Float32Array(size));
  return { data: kind === "image" ? data.map(Math.tanh) : data, shape: [n, ...shape] };
}

/** log|det| of a matrix [n, n] in float64, by elimination with pivots. */
function logDeterminant(matrix: Float64Array, n: number): number {
  const a = matrix.slice();
  let sum = 0;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i * n + k]!) > Math.abs(a[pivot * n + k]!)) pivot = i;
    for (let j = 0; j < n; j++) [a[k * n + j], a[pivot * n + j]] = [a[pivot * n + j]!, a[k * n + j]!];
    sum += Math.log(Math.abs(a[k * n + k]!));
    for (let i = k + 1; i < n; i++) {
      const factor = a[i * n + k]! / a[k * n + k]!;
      for (let j = k; j < n; j++) a[i * n + j]! -= factor * a[k * n + j]!;
    }
  }
  return sum;
}

describe("a flow", () => {
  test.each(cases)("%s: inverts, both ways round", (...one) =>
    withFlow(one, async (model, runtime) => {
      const [, definition, spec] = one;
      const options = { runtime, training: false };
      const x = examples(spec);
      const back = await compile((v: Tensor) => model.decode!(model.encode!(v)), options)(x);
      // Inverting a matrix costs digits of float32: Glow is held to 1e-4 by its specification, and to 1e-5 in float64.
      const tolerance = definition.name === "glow" ? 1e-4 : 1e-5;
      back.data.forEach((v, i) => void expect(Math.abs(Number(v) - x.data[i]!)).toBeLessThan(tolerance));
      const double = await inFloat64((v: Tensor) => model.decode!(model.encode!(v)), x.shape, runtime);
      const exact = await double(x);
      await double.release();
      exact.data.forEach((v, i) => void expect(Math.abs(v - x.data[i]!)).toBeLessThan(1e-9));
      const noise = await compile((v: Tensor) => model.encode!(v), options)(x);
      const again = await compile((z: Tensor) => model.encode!(model.decode!(z)), options)(noise);
      again.data.forEach((v, i) => void expect(Number(v)).toBeCloseTo(Number(noise.data[i]), 3));
    }),
  );

  test.each(cases)("%s: log p is log N(z) + log|det ∂z/∂x|, by derivatives", (...one) =>
    withFlow(one, async (model, runtime) => {
      const [, , spec] = one;
      const d = spec.shape.reduce((a, b) => a * b, 1);
      const measure = (x: Tensor) => {
        const z = model.encode!(x);
        const rows = Array.from({ length: d }, (_, j) => grad(z.narrow(1, j, 1).sum(), [x])[0]!);
        return { z, logProb: model.logProb!(x), rows };
      };
      const double = await inFloat64(measure, [batch, ...spec.shape], runtime);
      const { z, logProb, rows } = await double(examples(spec));
      await double.release();
      const single = await compile((x: Tensor) => model.logProb!(x), { runtime, training: false })(
        examples(spec),
      );
      for (let n = 0; n < batch; n++) {
        const jacobian = Float64Array.from(
          { length: d * d },
          (_, at) => rows[Math.floor(at / d)]!.data[n * d + (at % d)]!,
        );
        const normal = Array.from({ length: d }, (_, j) => z.data[n * d + j]! ** 2 + Math.log(2 * Math.PI));
        const expected = -0.5 * normal.reduce((a, b) => a + b, 0) + logDeterminant(jacobian, d);
        expect(Math.abs(logProb.data[n]! - expected)).toBeLessThan(1e-6);
        expect(Math.abs(Number(single.data[n]) - expected)).toBeLessThan(
          2e-6 * Math.max(10, Math.abs(expected)),
        );
      }
    }),
  );

  test.each(cases)("%s: temperature scales latent vectors, and nothing else", (...one) =>
    withFlow(one, async (model, runtime) => {
      const [, definition, spec] = one;
      const run = { definition, model, spec, runtime, withAverages: (body) => body() } as OpenRun;
      const n = 200;
      const sampler = (temperature: number) => createSampler(run, { temperature });
      const z = await sampler(1).latents(3, 0, n);
      const decode = compile((v: Tensor) => model.decode!(v), { runtime, training: false });
      for (const temperature of [1, 0.5, 0]) {
        const scaled = { data: z.data.map((v) => v * temperature), shape: z.shape };
        const [drawn, wanted] = [await sampler(temperature).sample(3, 0, n), await decode(scaled)];
        drawn.data.forEach((v, i) => void expect(v).toBeCloseTo(Number(wanted.data[i]), 4));
      }
      // What is colder is nearer to the most likely latent vector, and so is its code, where float32 can tell it from its picture.
      if (spec.kind === "image") return;
      const cold = await sampler(0.5).sample(3, 0, n);
      const codes = await compile((x: Tensor) => model.encode!(x), { runtime, training: false })(cold);
      codes.data.forEach((v, i) => void expect(Number(v)).toBeCloseTo(0.5 * z.data[i]!, 3));
    }),
  );

  /** The plane in squares of side h with their centres; what lies outside has no weight that could be seen. */
  const [side, count] = [16, 320];
  const h = side / count;
  const centre = (k: number): number => (k + 0.5) * h - side / 2;
  const grid = Float32Array.from({ length: 2 * count * count }, (_, at) => {
    const cell = at >> 1;
    return centre(at % 2 === 0 ? cell % count : Math.floor(cell / count));
  });

  test.each(planar)("%s: integrates to one, and its samples are of this density", (...one) =>
    withFlow(one, async (model, runtime) => {
      const options = { runtime, training: false };
      const logProb = compile((x: Tensor) => model.logProb!(x), options);
      const { data } = await logProb({ data: grid, shape: [count * count, 2] });
      const mass = Array.from(data as Float32Array, (v) => Math.exp(v) * h * h);
      const total = mass.reduce((a, b) => a + b, 0);
      expect(total).toBeGreaterThan(0.98);
      expect(total).toBeLessThan(1.02);

      const n = 500;
      const drawn = await compile(() => model.generate!(model.prior!(n)), options)();
      const expected = drawCells(mass, total, n).map((v, at) =>
        at % 2 === 0 ? centre(v % count) : centre(Math.floor(v / count)),
      );
      const uniform = createStream([5, 5]).uniform(new Float32Array(2 * n));
      const exact = expected.map((v, at) => v + h * (uniform[at]! - 0.5));
      const { pValue } = await energyDistanceTest.test(
        { data: Float64Array.from(drawn.data, Number), count: n, dimensions: 2 },
        { data: exact, count: n, dimensions: 2 },
        { seed: 1 },
      );
      expect(pValue).toBeGreaterThan(0.001);
    }),
  );
});

/** n cells of a grid, each twice in a row, by the inverse of the distribution function. */
function drawCells(mass: readonly number[], total: number, n: number): Float64Array {
  const uniform = createStream([2, 9]).uniform(new Float32Array(n)).sort();
  const cells = new Float64Array(2 * n);
  let [cell, sum] = [0, mass[0]! / total];
  for (let k = 0; k < n; k++) {
    while (sum < uniform[k]! && cell < mass.length - 1) sum += mass[++cell]! / total;
    cells[2 * k] = cell;
    cells[2 * k + 1] = cell;
  }
  return cells;
}
