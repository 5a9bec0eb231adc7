import { expect, test } from "vitest";
import { normalQuantiles } from "./quantile.ts";

// Φ⁻¹((word + ½)/2³²) computed with mpmath to 20 digits, from the centre to both ends.
const reference: [number, number][] = [
  [0, -6.33795775455],
  [1, -6.16642951782],
  [2, -6.08510454578],
  [100, -5.46306255439],
  [12345, -4.53542276209],
  [1048576, -3.48710397659],
  [16777216, -2.66006745858],
  [134217728, -1.86273186577],
  [322122546, -1.43953147209],
  [322122547, -1.43953147045],
  [322122548, -1.4395314688],
  [536870912, -1.15034937981],
  [1000000000, -0.729556553076],
  [2146435072, -0.000611969539999],
  [2147483647, -2.91809937292e-10],
  [2147483648, 2.91809937292e-10],
  [2148532224, 0.000611970123619],
  [3000000000, 0.520068061849],
  [3972844747, 1.4395314688],
  [3972844748, 1.43953147045],
  [3972844749, 1.43953147209],
  [4278190080, 2.66006747865],
  [4294966296, 5.04004250793],
  [4294967294, 6.16642951782],
  [4294967295, 6.33795775455],
];

test("agrees with Φ⁻¹ to 2e-7 relative, in the centre, in both tails and at the seams", () => {
  const words = Uint32Array.from(reference, ([word]) => word);
  const z = normalQuantiles(new Float32Array(words.length), words);
  reference.forEach(([, exact], i) => {
    expect(Math.abs(z[i]! - exact)).toBeLessThanOrEqual(2e-7 * Math.abs(exact));
  });
});

test("is odd: the complement of a word gives the opposite number", () => {
  const words = Uint32Array.from({ length: 1000 }, (_, i) => Math.imul(i, 0x9e3779b9));
  const z = normalQuantiles(new Float32Array(1000), words);
  const mirrored = normalQuantiles(
    new Float32Array(1000),
    words.map((w) => ~w),
  );
  expect([...mirrored]).toEqual(Array.from(z, (v) => -v));
});

test("never decreases with the word", () => {
  const words = Uint32Array.from({ length: 2 ** 16 }, (_, i) => i * 2 ** 16 + 0x8000);
  const z = normalQuantiles(new Float32Array(words.length), words);
  for (let i = 1; i < z.length; i++) expect(z[i]! >= z[i - 1]!).toBe(true);
});
