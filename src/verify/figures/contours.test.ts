import { expect, test } from "vitest";
import { contourPath, massLevels } from "./contours.ts";

const n = 60;
/** log p of a standard normal on [−4, 4]², row by row. */
const logDensity = Float64Array.from({ length: n * n }, (_, i) => {
  const [x, y] = [i % n, Math.floor(i / n)].map((k) => -4 + (8 * (k + 0.5)) / n);
  return -0.5 * (x! * x! + y! * y!) - Math.log(2 * Math.PI);
});

test("the region of highest density with half the mass of a normal ends at radius √(2 log 2)", () => {
  const [half, most] = massLevels(logDensity, [0.5, 0.99]);
  const radius = (level: number): number => Math.sqrt(-2 * (level + Math.log(2 * Math.PI)));
  expect(radius(half!)).toBeCloseTo(Math.sqrt(2 * Math.log(2)), 1);
  expect(radius(most!)).toBeCloseTo(Math.sqrt(2 * Math.log(100)), 1);
});

test("a contour of a normal is a circle, closed, around the middle", () => {
  const path = contourPath(logDensity, n, -0.5 - Math.log(2 * Math.PI), 480);
  const ends = path
    .split(/[ML]/)
    .slice(1)
    .map((pair) => pair.split(" ").map(Number));
  expect(ends.length).toBeGreaterThan(40);
  for (const [x, y] of ends) expect(Math.hypot(x! - 240, y! - 240)).toBeCloseTo(60, -0.3);
  const seen = new Map<string, number>();
  for (const end of ends) seen.set(end.join(), (seen.get(end.join()) ?? 0) + 1);
  expect([...seen.values()].every((times) => times === 2)).toBe(true);
});

test("cells of no density do not disturb a contour", () => {
  const holes = logDensity.map((v) => (v < -6 ? Number.NEGATIVE_INFINITY : v));
  expect(contourPath(holes, n, -3, 100)).toBe(contourPath(logDensity, n, -3, 100));
  expect(contourPath(holes, n, -3, 100)).not.toContain("NaN");
});
