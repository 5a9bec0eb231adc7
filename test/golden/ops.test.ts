/**
 * Every operation against float64 PyTorch (the numbers in data/, made by ops.py) and against a numerical derivative.
 */
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { compile, createRuntime, type Tensor } from "../../src/index.ts";
import { families, type GoldenCase, type GoldenFile, operationOf } from "./cases.ts";
import {
  batches,
  type CaseInputs,
  type CaseResult,
  evaluateAll,
  inputsOf,
  type Numbers,
  relativeError,
} from "./evaluate.ts";

const runtime = createRuntime({ device: "cpu", seed: 1 });
afterAll(() => runtime.dispose());

const load = (family: string): GoldenFile =>
  JSON.parse(readFileSync(new URL(`data/${family}.json`, import.meta.url), "utf8"));

/** Calls `make` once, when the first test asks. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

const mapValues = <A, B>(record: Readonly<Record<string, A>>, f: (a: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value)]));

/** Results of all cases of a batch, from one compiled graph. */
async function run(family: string, batch: GoldenFile): Promise<Record<string, CaseResult<Numbers>>> {
  const f = compile((inputs: Record<string, CaseInputs<Tensor>>) => evaluateAll(family, batch)(inputs), {
    runtime,
    name: family,
  });
  return f(mapValues(batch, inputsOf));
}

/** The point x + h·d, all float inputs moved together along the case's own directions. */
function moved(golden: GoldenCase, h: number): Numbers[] {
  const { inputs, d } = inputsOf(golden);
  let next = 0;
  return inputs.map(({ data, shape }) =>
    data instanceof Float32Array
      ? { shape, data: data.map(along(d[next++]!.data as Float32Array, h)) }
      : { data, shape },
  );
}

const along =
  (direction: Float32Array, h: number) =>
  (x: number, i: number): number =>
    x + h * direction[i]!;

/**
 * d⟨y, c⟩/dh along the directions d, by central differences of Imago's forward at ±h and ±2h and Richardson's
 * extrapolation, and how far float32 lets it be from the truth:
 *   truncation: the extrapolated difference has error O(h⁴) of the fifth derivative; with h = 2⁻⁶ that is below 1e-4 of the
 *   slope's scale ‖g‖‖d‖ for these inputs (functions of order one, at least 0.2 from poles);
 *   rounding: each yᵢ is wrong by a few units in the last place, 2⁻²² relative, so ⟨y, c⟩ by at most 2⁻²² Σ|yᵢcᵢ|, and the
 *   difference divides that by h: (4/3 + 1/6)/h of it.
 */
const h = 2 ** -6;
const steps = [-2 * h, -h, h, 2 * h];

async function slopes(
  family: string,
  batch: GoldenFile,
): Promise<Record<string, { slope: number; rounding: number }>> {
  const f = compile(
    (inputs: Record<string, Tensor[]>) =>
      Object.fromEntries(
        Object.entries(batch).map(([name, golden]) => [name, operationOf(family, golden)(inputs[name]!)]),
      ),
    { runtime, name: `${family}-forward` },
  );
  const at: Record<string, Numbers>[] = [];
  for (const step of steps) at.push(await f(mapValues(batch, (golden) => moved(golden, step))));
  return Object.fromEntries(
    Object.entries(batch).map(([name, { c }]) => {
      const [a, b, p, q] = at.map((ys) => dot(ys[name]!.data as Float32Array, c!));
      const size = dot((at[2]![name]!.data as Float32Array).map(Math.abs), c!.map(Math.abs));
      const slope = (4 * ((p! - b!) / (2 * h)) - (q! - a!) / (4 * h)) / 3;
      return [name, { slope, rounding: (1.5 * 2 ** -22 * size) / h }];
    }),
  );
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}

const length = (v: ArrayLike<number>): number => Math.sqrt(dot(v, v));
const perGraph = 25;

test("every operation of the table has golden cases, and every case an operation", () => {
  const tested = new Set(
    Object.keys(families).flatMap((family) => Object.values(load(family)).map(({ op }) => op)),
  );
  const operations = new Set(Object.values(families).flatMap((table) => Object.keys(table)));
  expect([...tested].sort()).toEqual([...operations].sort());
});

describe.each(Object.keys(families))("%s", (family) => {
  const file = load(family);

  for (const batch of batches(file, perGraph)) {
    const results = once(() => run(family, batch));
    const differentiable = Object.fromEntries(Object.entries(batch).filter(([, { grads }]) => grads));
    const numerical = once(() => slopes(family, differentiable));

    test.each(Object.entries(batch))("%s agrees with PyTorch", async (name, golden) => {
      const { y, grads, second } = (await results())[name]!;
      expect(y.shape).toEqual(golden.y.shape);
      if (golden.y.dtype) expect([...y.data].map(Number)).toEqual(golden.y.data);
      else expect(relativeError(y.data, golden.y.data)).toBeLessThan(1e-5);
      expect(grads.length).toBe(golden.grads?.length ?? 0);
      golden.grads?.forEach((reference, i) => {
        expect(relativeError(grads[i]!.data, reference)).toBeLessThan(1e-5);
      });
      golden.second?.grads.forEach((reference, i) => {
        expect(relativeError(second[i]!.data, reference)).toBeLessThan(1e-5);
      });
    });

    test.each(Object.entries(differentiable))(
      "%s agrees with a numerical derivative",
      async (name, golden) => {
        const { grads } = (await results())[name]!;
        const { slope, rounding } = (await numerical())[name]!;
        const d = golden.second!.d;
        const exact = grads.reduce((total, g, i) => total + dot(g.data as Float32Array, d[i]!), 0);
        const scale = grads.reduce(
          (total, g, i) => total + length(g.data as Float32Array) * length(d[i]!),
          0,
        );
        expect(Math.abs(slope - exact)).toBeLessThan(1e-4 * scale + rounding);
      },
    );
  }
});
