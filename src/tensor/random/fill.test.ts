import { describe, expect, test } from "vitest";
import { fillBits, fillIntegers, fillNormal, fillPermutation, fillUniform, uniformOf } from "./fill.ts";
import { deriveKey } from "./key.ts";

const n = 200_000;
const seeds = [0, 1, 2].map((seed) => deriveKey(seed, "fill.test"));

/** Φ(x) by the series of Marsaglia 2004, exact to rounding for |x| < 7. */
function normalCdf(x: number): number {
  let [sum, term] = [x, x];
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) sum += term *= (x * x) / k;
  return 0.5 + sum * Math.exp(-0.5 * x * x - 0.9189385332046728);
}

/** √n · sup|F_n − F|; by Kolmogorov's distribution above 1.95 with probability 0.001. */
function kolmogorovSmirnov(numbers: Float32Array, cdf: (x: number) => number): number {
  const sorted = Float32Array.from(numbers).sort();
  let worst = 0;
  sorted.forEach((x, i) => {
    const f = cdf(x);
    worst = Math.max(worst, f - i / sorted.length, (i + 1) / sorted.length - f);
  });
  return worst * Math.sqrt(sorted.length);
}

function moment(numbers: Float32Array, power: number): number {
  return numbers.reduce((total, x) => total + x ** power, 0) / numbers.length;
}

describe.each(seeds)("key %i %i", (...key) => {
  test("uniforms are uniform in the open interval", () => {
    const u = fillUniform(new Float32Array(n), key);
    expect(kolmogorovSmirnov(u, (x) => x)).toBeLessThan(1.95);
    // Four standard errors of the mean and of the second moment.
    expect(Math.abs(moment(u, 1) - 1 / 2)).toBeLessThan(4 * Math.sqrt(1 / 12 / n));
    expect(Math.abs(moment(u, 2) - 1 / 3)).toBeLessThan(4 * Math.sqrt(4 / 45 / n));
  });

  test("normals are normal: distribution, moments, tails", () => {
    const z = fillNormal(new Float32Array(n), key);
    expect(kolmogorovSmirnov(z, normalCdf)).toBeLessThan(1.95);
    // E z² = 1, E z⁴ = 3, E z⁶ = 15, E z⁸ = 105: variances of the first four moments are 1, 2, 15, 96.
    const [expected, variance] = [
      [0, 1, 0, 3],
      [1, 2, 15, 96],
    ];
    expected!.forEach((value, k) => {
      expect(Math.abs(moment(z, k + 1) - value)).toBeLessThan(4 * Math.sqrt(variance![k]! / n));
    });
    for (const edge of [2, 3, 4]) {
      const mean = n * 2 * normalCdf(-edge);
      const beyond = z.filter((x) => Math.abs(x) > edge).length;
      expect(Math.abs(beyond - mean)).toBeLessThan(4 * Math.sqrt(mean));
    }
  });

  test("neighbours are uncorrelated", () => {
    const z = fillNormal(new Float32Array(n), key);
    for (const lag of [1, 2, 3, 4, 4096]) {
      let sum = 0;
      for (let i = lag; i < n; i++) sum += z[i]! * z[i - lag]!;
      expect(Math.abs(sum / n)).toBeLessThan(4 / Math.sqrt(n));
    }
  });

  test("integers are even over their range", () => {
    const counts = new Array<number>(7).fill(0);
    for (const v of fillIntegers(new Int32Array(70_000), key, { low: -3, high: 4 })) counts[Number(v) + 3]!++;
    const chiSquare = counts.reduce((total, c) => total + (c - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(22.46); // 6 degrees of freedom, probability 0.001
  });

  test("permutations of 4 come equally often", () => {
    const counts = new Map<string, number>();
    const runs = fillPermutation(new Int32Array(4 * 24_000), key, { length: 4 }) as Int32Array;
    for (let i = 0; i < runs.length; i += 4) {
      const name = runs.subarray(i, i + 4).join();
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    const chiSquare = [...counts.values()].reduce((total, c) => total + (c - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(49.73); // 23 degrees of freedom, probability 0.001
  });
});

test("number i does not depend on how many are asked for, nor on where a fill starts", () => {
  const key = deriveKey(3, "prefix");
  const bits = fillBits(new Uint32Array(10_000), key);
  const [z, u] = [fillNormal(new Float32Array(10_000), key), fillUniform(new Float32Array(10_000), key)];
  for (const [start, length] of [
    [0, 1],
    [0, 4097],
    [1, 2],
    [3, 5000],
    [4095, 3],
    [4094, 5001],
  ] as const) {
    const slice = [start, start + length] as const;
    expect(fillBits(new Uint32Array(length), key, { start })).toEqual(bits.slice(...slice));
    expect(fillNormal(new Float32Array(length), key, { start })).toEqual(z.slice(...slice));
    expect(fillUniform(new Float32Array(length), key, { start })).toEqual(u.slice(...slice));
  }
});

test("the ends of the uniform interval are never reached, also after rounding to float32", () => {
  expect(Math.fround(uniformOf(0))).toBe(2 ** -24);
  expect(Math.fround(uniformOf(0xffffffff))).toBe(1 - 2 ** -24);
});

test("integers take every type and reach both ends of wide ranges", () => {
  const key = deriveKey(5);
  const wide = fillIntegers(new Float32Array(1000), key, { low: -(2 ** 31), high: 2 ** 31 }) as Float32Array;
  expect(Math.min(...wide)).toBeLessThan(-2.1e9);
  expect(Math.max(...wide)).toBeGreaterThan(2.1e9);
  expect(fillIntegers(new BigInt64Array(3), key, { low: 9, high: 10 })).toEqual(BigInt64Array.of(9n, 9n, 9n));
  expect([...fillIntegers(new Float32Array(5), key, { low: 9, high: 10 })]).toEqual([9, 9, 9, 9, 9]);
  expect(() => fillIntegers(new Int32Array(5), key, { low: 3, high: 3 })).toThrow(
    /randint: got low 3 and high 3/,
  );
  expect(() => fillIntegers(new Int32Array(5), key, { low: 0.5, high: 3 })).toThrow(/whole numbers/);
});

test("a permutation has every number once", () => {
  const p = fillPermutation(new BigInt64Array(1000), deriveKey(6));
  expect(new Set([...p].map(Number)).size).toBe(1000);
  expect([...fillPermutation(new Int32Array(1), deriveKey(6))]).toEqual([0]);
  expect([...fillPermutation(new Int32Array(0), deriveKey(6))]).toEqual([]);
});
