import { describe, expect, test } from "vitest";
import { createStream, deriveKey } from "../../tensor/random/index.ts";
import {
  bandwidthSteps,
  bayesianInformation,
  bestBandwidth,
  columnScales,
  gaussianMixture,
  gaussianMixtureSteps,
  kernelLogDensity,
  mixtureLogDensity,
  type Rows,
  silvermanBandwidth,
} from "./index.ts";

/** Rows about `centers`, each in turn, with standard deviation `std`. */
function blobs(count: number, centers: readonly (readonly number[])[], std: number): Rows {
  const dimensions = centers[0]!.length;
  const data = createStream(deriveKey(count, "blobs")).normal(new Float32Array(count * dimensions));
  return {
    data: data.map(
      (v, at) => centers[Math.floor(at / dimensions) % centers.length]![at % dimensions]! + std * v,
    ),
    count,
    dimensions,
  };
}

const corners = [
  [0, 0],
  [3, 0],
  [0, 3],
] as const;

/** Σ exp(log density) · cell over a grid of [−5, 8]². */
function mass(logDensity: (rows: Rows) => Float64Array): number {
  const cells = 130;
  const data = Float64Array.from(
    { length: 2 * cells * cells },
    (_, at) => -4.95 + 0.1 * (at % 2 === 0 ? Math.floor(at / 2) % cells : Math.floor(at / 2 / cells)),
  );
  const densities = logDensity({ data, count: cells * cells, dimensions: 2 });
  return densities.reduce((sum, v) => sum + 0.01 * Math.exp(v), 0);
}

describe("gaussianMixture", () => {
  test.each(["full", "diagonal"] as const)(
    "%s: the log-likelihood never falls and is that of the rows",
    (covariance) => {
      const rows = blobs(600, corners, 0.8);
      const steps = [...gaussianMixtureSteps(rows, { components: 5, covariance, iterations: 40 })];
      expect(steps.length).toBeGreaterThan(5);
      steps.slice(1).forEach(({ logLikelihood }, i) => {
        expect(logLikelihood).toBeGreaterThanOrEqual(steps[i]!.logLikelihood - 1e-12);
      });
      const last = steps.at(-1)!;
      const mean = mixtureLogDensity(rows, last).reduce((a, b) => a + b, 0) / rows.count;
      expect(mean).toBeCloseTo(last.logLikelihood, 12);
      expect(mass((x) => mixtureLogDensity(x, last))).toBeCloseTo(1, 4);
    },
  );

  test("one component is the mean and the covariance of the rows", () => {
    const { data, count, dimensions } = blobs(300, corners, 0.5);
    const { means, coloring, logLikelihood } = gaussianMixture(
      { data, count, dimensions },
      { components: 1, covariance: "full" },
    );
    const column = (c: number): number[] => Array.from({ length: count }, (_, i) => data[2 * i + c]!);
    const average = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    const [x, y] = [column(0), column(1)];
    const [mx, my] = [average(x), average(y)];
    expect([...means]).toEqual([expect.closeTo(mx, 12), expect.closeTo(my, 12)]);
    const [xx, yy, xy] = [
      average(x.map((v) => (v - mx) ** 2)),
      average(y.map((v) => (v - my) ** 2)),
      average(x.map((v, i) => (v - mx) * (y[i]! - my))),
    ];
    const [a, b, c, d] = [...coloring] as [number, number, number, number];
    expect(a * a + c * c).toBeCloseTo(xx, 10); // Σ = CᵀC
    expect(b * b + d * d).toBeCloseTo(yy, 10);
    expect(a * b + c * d).toBeCloseTo(xy, 10);
    // The likelihood of a Gaussian at its maximum: −½ log det 2πeΣ.
    expect(logLikelihood).toBeCloseTo(-0.5 * Math.log((2 * Math.PI * Math.E) ** 2 * (xx * yy - xy * xy)), 10);
  });

  test("means of three blobs are found, and their number by BIC", () => {
    const rows = blobs(900, corners, 0.4);
    const tried = [1, 2, 3, 4, 5].map((components) =>
      gaussianMixture(rows, { components, covariance: "full" }),
    );
    const informations = tried.map((mixture) => bayesianInformation(mixture, rows.count));
    expect(informations.indexOf(Math.min(...informations))).toBe(2);
    const { means, weights } = tried[2]!;
    for (const [cx, cy] of corners) {
      const errors = [0, 1, 2].map((k) => Math.hypot(means[2 * k]! - cx, means[2 * k + 1]! - cy));
      const k = errors.indexOf(Math.min(...errors));
      expect(errors[k]).toBeLessThan((4 * 0.4) / Math.sqrt(300));
      expect(weights[k]).toBeCloseTo(1 / 3, 1);
    }
  });

  test("no component shrinks onto a point that is there many times", () => {
    const rows = blobs(200, corners, 0.5);
    rows.data.fill(1, 0, 80); // forty rows at (1, 1)
    const steps = [...gaussianMixtureSteps(rows, { components: 6, covariance: "full", smallest: 0.05 })];
    steps.slice(1).forEach(({ logLikelihood }, i) => {
      expect(logLikelihood).toBeGreaterThanOrEqual(steps[i]!.logLikelihood - 1e-12);
    });
    const lengths = Array.from({ length: 12 }, (_, r) =>
      Math.hypot(steps.at(-1)!.coloring[2 * r]!, steps.at(-1)!.coloring[2 * r + 1]!),
    );
    expect(Math.min(...lengths)).toBeCloseTo(0.05, 12);
  });

  test("more components than rows are refused", () => {
    expect(() => gaussianMixture(blobs(4, corners, 1), { components: 5, covariance: "full" })).toThrow(
      "5 clusters of 4",
    );
  });
});

describe("kernel densities", () => {
  test("integrate to one, and are the mean of the kernels", () => {
    const rows = blobs(50, corners, 0.5);
    expect(mass((x) => kernelLogDensity(rows, [0.3, 0.4], x))).toBeCloseTo(1, 4);
    const x = { data: Float64Array.of(0.5, 1), count: 1, dimensions: 2 };
    let sum = 0;
    for (let i = 0; i < 50; i++) {
      const square = ((0.5 - rows.data[2 * i]!) / 0.3) ** 2 + ((1 - rows.data[2 * i + 1]!) / 0.4) ** 2;
      sum += Math.exp(-square / 2) / (2 * Math.PI * 0.3 * 0.4) / 50;
    }
    expect(kernelLogDensity(rows, [0.3, 0.4], x)[0]).toBeCloseTo(Math.log(sum), 10);
  });

  test("the best bandwidth is the best of a fine grid, to the grid's width", () => {
    const rows = blobs(200, corners, 0.5);
    const { stds } = columnScales(rows);
    const best = bestBandwidth(rows, { stds });
    const others = { data: rows.data, count: 200, dimensions: 2 };
    const leaveOneOut = (h: number): number => {
      const scales = stds.map((s) => s * h);
      // The density of all points, less the point's own kernel.
      const own = 1 / (2 * Math.PI * scales[0]! * scales[1]!);
      const all = kernelLogDensity(rows, scales, others);
      return all.reduce((sum, v) => sum + Math.log((200 * Math.exp(v) - own) / 199), 0) / 200;
    };
    expect(best.logLikelihood).toBeCloseTo(leaveOneOut(best.h), 8);
    for (const factor of [0.5, 0.8, 0.95, 1.05, 1.2, 2])
      expect(leaveOneOut(best.h * factor)).toBeLessThan(best.logLikelihood);
  });

  test("few judges are spread over all points", () => {
    const rows = blobs(300, corners, 0.5);
    const stds = columnScales(rows).stds;
    const all = bestBandwidth(rows, { stds }).h;
    expect(Math.abs(Math.log(bestBandwidth(rows, { stds, judges: 100 }).h / all))).toBeLessThan(0.35);
    expect([...bandwidthSteps(rows, { stds })].length).toBeLessThan(40);
  });

  test("Silverman's factors", () => {
    expect(silvermanBandwidth(100, 1)).toBeCloseTo((4 / 300) ** 0.2, 12); // 1.06 n^(−1/5)
    expect(silvermanBandwidth(100, 2)).toBeCloseTo(100 ** (-1 / 6), 12);
  });

  test("one point has no leave-one-out likelihood", () => {
    expect(() => bestBandwidth(blobs(1, corners, 1), { stds: [1, 1] })).toThrow("at least 2");
  });
});
