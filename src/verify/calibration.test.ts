import { expect, test } from "vitest";
import { createStream } from "../tensor/index.ts";
import { calibrationError, calibrationOf } from "./calibration.ts";

test("bins hold predictions of their confidence; the error is the mean gap", () => {
  const bins = calibrationOf([0.55, 0.55, 0.95, 0.95, 1], [true, false, true, false, true], 10);
  expect(bins.map(({ count }) => count)).toEqual([2, 3]);
  expect(bins[1]!.confidence).toBeCloseTo(2.9 / 3, 12);
  expect(bins[1]!.accuracy).toBeCloseTo(2 / 3, 12);
  expect(calibrationError(bins)).toBeCloseTo((2 * 0.05 + 3 * (0.9 / 3)) / 5, 12);
});

test("who is right as often as said has no error; who is surer than right has the difference", () => {
  const stream = createStream([2, 3]);
  const confidences = stream.uniform(new Float32Array(50_000)).map((u) => 0.5 + u / 2);
  const chance = stream.uniform(new Float32Array(50_000));
  const honest = Array.from(confidences, (c, i) => chance[i]! < c);
  expect(calibrationError(calibrationOf(confidences, honest))).toBeLessThan(0.01);
  const boastful = Array.from(confidences, (c, i) => chance[i]! < c - 0.2);
  expect(calibrationError(calibrationOf(confidences, boastful))).toBeCloseTo(0.2, 1);
});
