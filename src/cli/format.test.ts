import { expect, test } from "vitest";
import { bytes, counted, duration, rounded } from "./format.ts";

test("rounded", () => {
  expect([0, 1, 0.00001234, 0.01234, 1.2345, 12.345, 123.45, 1234.5, -1.5, Number.NaN].map(rounded)).toEqual([
    "0",
    "1",
    "1.2e-5",
    "0.0123",
    "1.234",
    "12.35",
    "123.5",
    "1235",
    "-1.500",
    "NaN",
  ]);
});

test("duration", () => {
  expect([-1, 0, 7, 59.6, 750, 3750].map(duration)).toEqual([
    "0:00",
    "0:00",
    "0:07",
    "1:00",
    "12:30",
    "1:02:30",
  ]);
});

test("bytes", () => {
  expect([0, 512, 1234, 34e6, 5.6e9, 7e15].map(bytes)).toEqual([
    "0 B",
    "512 B",
    "1.2 kB",
    "34 MB",
    "5.6 GB",
    "7000 TB",
  ]);
});

test("counted", () => {
  expect([counted(1, "step"), counted(0, "step"), counted(2500, "step")]).toEqual([
    "1 step",
    "0 steps",
    "2,500 steps",
  ]);
});
