import { afterAll, expect, test } from "vitest";
import { compile, createRuntime } from "../../runtime/index.ts";
import { constant, mean, type Tensor } from "../../tensor/index.ts";
import { createStream } from "../../tensor/random/index.ts";
import { gaussianMixture, kernelLogDensity, mixtureLogDensity } from "../numeric/index.ts";
import { kernelDensity } from "./kernel-density.ts";
import { mixtureOfFullGaussians } from "./mixture-of-full-gaussians.ts";

const runtime = createRuntime({ device: "cpu", seed: 5 });
afterAll(() => runtime.dispose());

const normals = (count: number, dimensions: number, key: number) => ({
  data: createStream([key, 3]).normal(new Float32Array(count * dimensions)),
  count,
  dimensions,
});
const tensor = (values: ArrayLike<number>, shape: number[]): Tensor =>
  constant(Float32Array.from(values), shape);

test.each([2, 6])("kernelDensity of %i dimensions is the numeric one, with draws of its mean", async (d) => {
  const [points, x] = [normals(20, d, 1), normals(50, d, 2)];
  const scales = Array.from({ length: d }, (_, i) => 0.3 + 0.1 * i);
  const expected = kernelLogDensity(points, scales, x);
  const f = compile(
    (input: Tensor) => {
      const p = kernelDensity({
        points: tensor(points.data, [20, d]),
        logWeights: tensor(new Float32Array(20).fill(-Math.log(20)), [20]),
        scales: tensor(scales, [d]),
      });
      return { logProb: p.logProb(input), draws: mean(p.sample([20_000]), 0) };
    },
    { runtime },
  );
  const { logProb, draws } = await f({ data: x.data, shape: [50, d] });
  expected.forEach((v, i) => void expect(logProb.data[i]).toBeCloseTo(v, 3));
  for (let c = 0; c < d; c++) {
    const column = Array.from({ length: 20 }, (_, i) => points.data[i * d + c]!);
    const center = column.reduce((a, b) => a + b, 0) / 20;
    const variance = column.reduce((a, b) => a + (b - center) ** 2, 0) / 20 + scales[c]! ** 2;
    expect(Math.abs(Number(draws.data[c]) - center)).toBeLessThan(4 * Math.sqrt(variance / 20_000));
  }
});

test("a point of weight 0 has no part in density and draws", async () => {
  const f = compile(
    () => {
      const p = kernelDensity({
        points: tensor([0, 100], [2, 1]),
        logWeights: tensor([0, -1e9], [2]),
        scales: tensor([1], [1]),
      });
      return { logProb: p.logProb(tensor([0, 100], [2, 1])), draws: p.sample([200]) };
    },
    { runtime },
  );
  const { logProb, draws } = await f();
  expect(logProb.data[0]).toBeCloseTo(-0.5 * Math.log(2 * Math.PI), 5);
  expect(Number(logProb.data[1])).toBeLessThan(-4000);
  expect(Math.max(...(draws.data as Float32Array))).toBeLessThan(6);
});

test("mixtureOfFullGaussians is the numeric one, with draws of its moments", async () => {
  const [rows, x] = [normals(200, 3, 1), normals(40, 3, 2)];
  for (let i = 0; i < 200; i++) rows.data[3 * i]! += 2 * (i % 3) + 0.8 * rows.data[3 * i + 1]!;
  const fit = gaussianMixture(rows, { components: 3, covariance: "full" });
  const expected = mixtureLogDensity(x, fit);
  const f = compile(
    (input: Tensor) => {
      const p = mixtureOfFullGaussians({
        logits: tensor(fit.weights.map(Math.log), [3]),
        mean: tensor(fit.means, [3, 3]),
        whitening: tensor(fit.whitening, [3, 3, 3]),
        coloring: tensor(fit.coloring, [3, 3, 3]),
      });
      return { logProb: p.logProb(input), draws: p.sample([20_000]) };
    },
    { runtime },
  );
  const { logProb, draws } = await f({ data: x.data, shape: [40, 3] });
  expected.forEach((v, i) => void expect(logProb.data[i]).toBeCloseTo(v, 3));
  // EM keeps the mean and, summed over components, the covariance of the rows.
  const moment = (data: ArrayLike<number>, n: number, a: number, b: number): number => {
    let [sa, sb, sab] = [0, 0, 0];
    for (let i = 0; i < n; i++) {
      sa += data[3 * i + a]! / n;
      sb += data[3 * i + b]! / n;
      sab += (data[3 * i + a]! * data[3 * i + b]!) / n;
    }
    return sab - sa * sb;
  };
  const numbers = draws.data as Float32Array;
  for (const [a, b] of [
    [0, 0],
    [0, 1],
    [1, 1],
    [1, 2],
  ] as const) {
    const [found, wanted] = [moment(numbers, 20_000, a, b), moment(rows.data, 200, a, b)];
    const scale = Math.sqrt(moment(rows.data, 200, a, a) * moment(rows.data, 200, b, b));
    expect(Math.abs(found - wanted)).toBeLessThan((6 * scale) / Math.sqrt(20_000));
  }
});
