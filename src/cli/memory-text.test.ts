import { expect, test } from "vitest";
import type { MemoryEvent, PeakEntry } from "../train/events.ts";
import { memoryText } from "./memory-text.ts";

const entry = (operation: string, bytes: number, scope = "", count = 1): PeakEntry => ({
  operation,
  scope,
  count,
  bytes,
});
const event: MemoryEvent = {
  type: "memory",
  parts: [
    { name: "parameters", bytes: 4_000_000 },
    { name: "averages", bytes: 0 },
    { name: "activations", bytes: 12_000_000 },
  ],
  total: 16_000_000,
  peak: [entry("conv", 8_000_000, "D/conv_1", 2), entry("mul", 4_000_000)],
};

test("what takes memory, and what is held at the peak", () => {
  expect(memoryText(event).split("\n")).toEqual([
    "Memory of a step:",
    "  parameters   4.0 MB",
    "  activations  about 12 MB",
    "  together     about 16 MB",
    "Activations where the step takes most:",
    "  2 × conv  8.0 MB  D/conv_1",
    "  mul       4.0 MB  derivatives, lowered layers, new state",
  ]);
});

test("small things are added up, and where nothing is computed nothing is listed", () => {
  const peak = Array.from({ length: 10 }, (_, i) => entry(`op${i}`, 1000));
  expect(
    memoryText({ ...event, peak })
      .split("\n")
      .slice(5),
  ).toHaveLength(9);
  expect(memoryText({ ...event, peak })).toMatch(/ {2}others {2}2\.0 kB$/);
  expect(memoryText({ ...event, peak: [] })).not.toContain("Activations");
});
