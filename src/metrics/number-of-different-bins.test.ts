import { expect, test } from "vitest";
import { quality, relative, toFeatures } from "../../test/golden/metrics/quality.ts";
import { fillNormal } from "../tensor/random/index.ts";
import { type Features, featuresOf } from "./features.ts";
import { type DifferentBinsOptions, differentBins } from "./number-of-different-bins.ts";

function normals(count: number, dimensions: number, key: number): Features {
  return { data: fillNormal(new Float32Array(count * dimensions), [key, 5]), count, dimensions };
}

test("shares, z and divergence agree with SciPy", () => {
  const { bins, features } = quality;
  const centers = Float64Array.from(bins.centers.data);
  const result = differentBins(toFeatures(features.real), toFeatures(features.far), { centers });
  result.z.forEach((z, i) => {
    expect(z).toBeCloseTo(bins.z[i]!, 12);
  });
  expect(result).toMatchObject({ bins: 5, different: bins.different });
  expect(relative(result.jensenShannon, bins.js)).toBeLessThan(1e-12);
});

test("equal distributions differ in about 5 % of the bins, half of the data missing in most", () => {
  const real = normals(5000, 3, 1);
  const same = differentBins(real, normals(5000, 3, 2), { bins: 50 });
  // Of 50 bins at 5 %, more than 9 come with probability 0.0005.
  expect(same.different).toBeLessThanOrEqual(9);
  const rows = Array.from({ length: 5000 }, (_, i) => [...real.data.subarray(3 * i, 3 * i + 3)]);
  const half = featuresOf(rows.filter(([x]) => x! > 0));
  const collapsed = differentBins(real, half, { bins: 50 });
  expect(collapsed.different).toBeGreaterThan(35);
  expect(collapsed.jensenShannon).toBeGreaterThan(0.1);
  expect(collapsed.jensenShannon).toBeLessThan(Math.LN2);
});

test("the same rows differ nowhere; the seed decides the bins", () => {
  const real = normals(400, 2, 1);
  expect(differentBins(real, real, { bins: 10, count: "fitted" })).toMatchObject({
    different: 0,
    jensenShannon: 0,
  });
  const of = (seed: number) => [...differentBins(real, normals(400, 2, 2), { bins: 10, seed }).real];
  expect(of(1)).toEqual(of(1));
  expect(of(1)).not.toEqual(of(2));
});

test("bins may be fitted on some of the rows, or on a half: the others are counted", () => {
  const real = normals(900, 2, 1);
  const countedBy = (options: DifferentBinsOptions) =>
    differentBins(real, real, { bins: 10, ...options }).real.reduce((a, b) => a + b);
  expect(countedBy({ count: "fitted", fitRows: 200 })).toBe(900);
  expect(countedBy({})).toBe(450);
});

test("with many features, bins count their own rows too often: held-out rows do not", () => {
  const [real, fake] = [normals(1000, 400, 1), normals(1000, 400, 2)];
  expect(differentBins(real, fake, { bins: 20, count: "fitted" }).different).toBeGreaterThan(10);
  // Of 20 bins at 5 %, more than 5 come with probability 0.0003.
  expect(differentBins(real, fake, { bins: 20 }).different).toBeLessThanOrEqual(5);
});

test("fewer examples than bins are refused", () => {
  expect(() => differentBins(normals(50, 2, 1), normals(200, 2, 2))).toThrow(
    /ndb needs at least 100 examples, but the real examples are 50/,
  );
});
