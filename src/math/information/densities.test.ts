import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type FDivergenceName, fDivergences } from "../divergences/f-gan.ts";
import {
  crossEntropyOfDensities,
  divergenceOfDensities,
  entropyOfDensity,
  jensenShannonOfDensities,
  klOfDensities,
  laplaceDensity,
  mixtureDensity,
  normalDensity,
  uniformDensity,
} from "./densities.ts";
import {
  crossEntropyOfGaussians,
  diagonalGaussian,
  entropyOfGaussian,
  jeffreysOfGaussians,
  klOfGaussians,
  logDensityOfGaussian,
  renyiOfGaussians,
  squaredHellingerOfGaussians,
} from "./gaussians.ts";
import { crossEntropyOfGrids, divergenceOfGrids, entropyOfGrid, gridDensity, klOfGrids } from "./grids.ts";
import { integrate } from "./quadrature.ts";

const names = Object.keys(fDivergences) as FDivergenceName[];
const gaussian = (mean: number, std: number) => diagonalGaussian([mean], [std ** 2]);

describe("integrate", () => {
  it.each([
    ["a polynomial", (x: number) => x ** 9, 0, 1, 0.1],
    ["a root", Math.sqrt, 0, 1, 2 / 3],
    ["a jump", (x: number) => (x > 0.3 ? 1 : 0), 0, 1, 0.7],
    [
      "two tails",
      (x: number) => Math.exp(-x * x),
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      Math.sqrt(Math.PI),
    ],
    ["a slow tail", (x: number) => 1 / (1 + x * x), 0, Number.POSITIVE_INFINITY, Math.PI / 2],
  ])("%s", (_, f, low, high, wanted) => {
    expect(integrate(f, low, high).value).toBeCloseTo(wanted, 10);
  });

  it("says so where the integral does not settle", () => {
    expect(() => integrate((x) => 1 / x, 0, 1, { most: 50 })).toThrow("does not settle");
  });
});

describe("densities by quadrature", () => {
  it.each([
    [0, 1, 1, 1.5],
    [0, 1, 0, 1],
    [3, 0.1, -2, 5],
    [-50, 2, 50, 2], // q underflows where p is: log densities carry it
  ])("N(%d, %d²) and N(%d, %d²) as in closed form", (m1, s1, m2, s2) => {
    const [p, q] = [normalDensity(m1, s1), normalDensity(m2, s2)];
    const [gp, gq] = [gaussian(m1, s1), gaussian(m2, s2)];
    const close = (got: number, wanted: number) =>
      expect(Math.abs(got - wanted)).toBeLessThanOrEqual(1e-10 * Math.max(1, Math.abs(wanted)));
    close(klOfDensities(p, q), klOfGaussians(gp, gq));
    close(entropyOfDensity(p), entropyOfGaussian(gp));
    close(crossEntropyOfDensities(p, q), crossEntropyOfGaussians(gp, gq));
    close(divergenceOfDensities(p, q, "squared-hellinger"), squaredHellingerOfGaussians(gp, gq));
  });

  it("KL(N(0, 1) ‖ N(1, 1.5²)) is 0.3499", () => {
    expect(klOfDensities(normalDensity(0, 1), normalDensity(1, 1.5))).toBeCloseTo(0.3499, 4);
  });

  it("Pearson's χ² between normals of one width is exp(δ²) − 1, of too narrow a q infinite", () => {
    const [p, q] = [normalDensity(0.7), normalDensity(0)];
    expect(divergenceOfDensities(p, q, "pearson-chi2")).toBeCloseTo(Math.expm1(0.49), 10);
    expect(divergenceOfDensities(normalDensity(0, 2), q, "pearson-chi2")).toBe(Number.POSITIVE_INFINITY);
  });

  it("uniform and Laplace: entropies, and KL where a support is missing", () => {
    expect(entropyOfDensity(uniformDensity(-1, 3))).toBeCloseTo(Math.log(4), 12);
    expect(entropyOfDensity(laplaceDensity(2, 0.5))).toBeCloseTo(1 + Math.log(2 * 0.5), 11);
    expect(klOfDensities(uniformDensity(0, 1), uniformDensity(0, 4))).toBeCloseTo(Math.log(4), 12);
    expect(klOfDensities(uniformDensity(0, 4), uniformDensity(0, 1))).toBe(Number.POSITIVE_INFINITY);
    expect(jensenShannonOfDensities(uniformDensity(0, 1), uniformDensity(2, 3))).toBeCloseTo(Math.LN2, 12);
  });

  it.each(names)("%s: least where the densities are equal, more where they are not", (name) => {
    const p = mixtureDensity([1, 1], [normalDensity(-2, 0.5), normalDensity(2, 0.5)]);
    const least = name === "gan" ? -Math.log(4) : 0;
    expect(divergenceOfDensities(p, p, name)).toBeCloseTo(least, 10);
    expect(divergenceOfDensities(p, normalDensity(0, 1.8), name)).toBeGreaterThan(least + 0.05);
  });

  it("refuses widths and weights that make no density", () => {
    expect(() => normalDensity(0, 0)).toThrow("std is 0, expected a positive number");
    expect(() => mixtureDensity([1], [])).toThrow("weights 1 for 0 densities");
  });
});

describe("densities on grids", () => {
  const axes = [
    { low: -9, high: 9, cells: 120 },
    { low: -9, high: 10, cells: 130 },
  ];
  const p = { mean: [0, 0.5], covariance: [1, 0.6, 0.6, 1.2] };
  const q = { mean: [0.3, 0], covariance: [1.5, -0.2, -0.2, 1] };

  it("give the closed forms of correlated Gaussians in the plane", () => {
    const [gp, gq] = [p, q].map((g) => gridDensity(logDensityOfGaussian(g), axes));
    expect(gp!.mass).toBeCloseTo(1, 12);
    expect(entropyOfGrid(gp!)).toBeCloseTo(entropyOfGaussian(p), 10);
    expect(klOfGrids(gp!, gq!)).toBeCloseTo(klOfGaussians(p, q), 10);
    expect(crossEntropyOfGrids(gp!, gq!)).toBeCloseTo(crossEntropyOfGaussians(p, q), 10);
    expect(divergenceOfGrids(gp!, gq!, "squared-hellinger")).toBeCloseTo(
      squaredHellingerOfGaussians(p, q),
      10,
    );
  });

  it("must be the same, and where the density is", () => {
    const one = gridDensity(logDensityOfGaussian(p), axes);
    const other = gridDensity(logDensityOfGaussian(p), [axes[0]!, { low: -9, high: 9, cells: 130 }]);
    expect(() => klOfGrids(one, other)).toThrow("different grids");
    expect(() => gridDensity(() => Number.NEGATIVE_INFINITY, axes)).toThrow("a mass of 0; move the grid");
  });
});

describe("Gaussians", () => {
  // NumPy's and SciPy's numbers (test/golden/metrics/two_sample.py).
  const { gaussians } = JSON.parse(
    readFileSync(new URL("../../../test/golden/metrics/two-sample.json", import.meta.url), "utf8"),
  ).information;

  it("with full covariance are those of SciPy, to 1e-10", () => {
    for (const { means, p, q, kl, entropy, squaredHellinger, logDensity } of gaussians) {
      const [a, b] = [
        { mean: means[0], covariance: p },
        { mean: means[1], covariance: q },
      ];
      const close = (got: number, wanted: number) => expect(Math.abs(got / wanted - 1)).toBeLessThan(1e-10);
      close(klOfGaussians(a, b), kl);
      close(entropyOfGaussian(a), entropy);
      close(crossEntropyOfGaussians(a, b), kl + entropy);
      close(squaredHellingerOfGaussians(a, b), squaredHellinger);
      close(logDensityOfGaussian(a)(means[1]), logDensity);
      close(jeffreysOfGaussians(a, b), klOfGaussians(b, a) + kl);
      // Rényi's divergence tends to KL as its order tends to 1.
      expect(Math.abs(renyiOfGaussians(a, b, 0.9999) / kl - 1)).toBeLessThan(5e-3);
    }
  });

  it("refuse what is singular or of other size", () => {
    expect(() => entropyOfGaussian({ mean: [0, 0], covariance: [1, 1, 1, 1] })).toThrow(
      "not positive definite (pivot 1",
    );
    expect(() => entropyOfGaussian({ mean: [0, 0], covariance: [1, 1] })).toThrow("expected 4");
    expect(() => klOfGaussians(gaussian(0, 1), diagonalGaussian([0, 0], [1, 1]))).toThrow(
      "1 and 2 dimensions",
    );
  });
});
