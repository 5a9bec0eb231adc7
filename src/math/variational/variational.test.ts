import { expect, it } from "vitest";
import { compile, createRuntime } from "../../runtime/index.ts";
import { constant, square, sum, type Tensor } from "../../tensor/index.ts";
import { klOfGaussians } from "../information/index.ts";
import { meanFieldOfGaussian } from "./coordinate-ascent.ts";
import { gaussianElbo } from "./gaussian-elbo.ts";

const covariance = [2, 0.6, -0.3, 0.6, 1, 0.2, -0.3, 0.2, 0.5];
const p = { mean: [1, -2, 0.5], covariance };

it("coordinate ascent finds the least KL(q ‖ p) of all with a diagonal covariance", () => {
  const { q, path } = meanFieldOfGaussian(p, { sweeps: 60 });
  Array.from(q.mean).forEach((m, i) => void expect(m).toBeCloseTo(p.mean[i]!, 8));
  const least = klOfGaussians(q, p);
  const changed = (i: number, factor: number) => ({
    ...q,
    covariance: Array.from(q.covariance, (v, at) => (at === 4 * i ? v * factor : v)),
  });
  for (const i of [0, 1, 2])
    for (const factor of [0.9, 1.1]) expect(klOfGaussians(changed(i, factor), p)).toBeGreaterThan(least);
  const distances = path.map((m) => klOfGaussians({ ...q, mean: m }, p));
  distances.slice(1).forEach((d, t) => void expect(d).toBeLessThanOrEqual(distances[t]! + 1e-12));
});

it("the ELBO of a Gaussian target is log Z − KL(q ‖ p)", async () => {
  const runtime = createRuntime({ device: "cpu", threads: 1, seed: 2 });
  const L = [0.7, 0, 0.4, 1.2];
  const q = {
    mean: [0.3, -0.5],
    covariance: [L[0]! ** 2, L[0]! * L[2]!, L[0]! * L[2]!, L[2]! ** 2 + L[3]! ** 2],
  };
  const f = compile(
    () => {
      const logNormal = (z: Tensor): Tensor => sum(square(z), 1).mul(-0.5);
      const mean = constant(Float32Array.from(q.mean), [2]);
      const logStd = constant(Float32Array.of(Math.log(0.7), Math.log(1.2)), [2]);
      const lower = constant(Float32Array.of(9, 9, 0.4, 9), [2, 2]);
      return gaussianElbo(logNormal, { mean, logStd, lower }, 400_000);
    },
    { runtime, training: false },
  );
  const elbo = Number((await f()).data[0]);
  await runtime.dispose();
  const exact = Math.log(2 * Math.PI) - klOfGaussians(q, { mean: [0, 0], covariance: [1, 0, 0, 1] });
  expect(Math.abs(elbo - exact)).toBeLessThan(0.01); // standard error 1.5/√400,000
});
