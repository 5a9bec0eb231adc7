import { describe, expect, it } from "vitest";
import { earsOfTest, earWidth, twoEars } from "./two-ears.ts";

const { train, test } = twoEars();
const read = (i: number): number[] => {
  const out = new Float32Array(2 * earWidth);
  test!.read([i], out);
  return [...out];
};
const labels = (n: number): Int32Array => {
  const y = new Int32Array(n);
  test!.labels!(
    Int32Array.from({ length: n }, (_, i) => i),
    y,
  );
  return y;
};

describe("two-ears", () => {
  it("has one of its two right answers in the second half, the one that the class says", () => {
    const y = labels(50);
    for (let i = 0; i < 50; i++) expect(read(i).slice(earWidth)).toEqual([...earsOfTest(i)[y[i]!]!]);
  });

  it("has ears on both sides equally often, apart from each other, the higher the head", () => {
    const right = labels(2000).reduce((sum, y) => sum + y, 0);
    expect(Math.abs(right - 1000)).toBeLessThan(4 * Math.sqrt(500));
    const [a, b] = earsOfTest(3);
    const overlap = a.reduce((sum, v, i) => sum + v * b[i]!, 0);
    expect(overlap).toBeLessThan(0.05 * a.reduce((sum, v) => sum + v * v, 0));
    expect(Math.max(...a)).toBeLessThanOrEqual(Math.max(...read(3).slice(0, earWidth)) * 1.2);
  });

  it("is the same for the same seed, and another for another", () => {
    const out = new Float32Array(2 * earWidth);
    twoEars().test!.read([7], out);
    expect([...out]).toEqual(read(7));
    twoEars({ seed: 1 }).test!.read([7], out);
    expect([...out]).not.toEqual(read(7));
    expect(train.length).toBe(20_000);
  });
});
