import { describe, expect, test } from "vitest";
import type { SequentialSampler } from "../models/model.ts";
import { createRuntime } from "../runtime/index.ts";
import { uniform, zeros } from "../tensor/index.ts";
import { createSequential } from "./sequential.ts";

/** The sum of as many uniform numbers as there are steps. */
const sums: SequentialSampler = {
  steps: 70,
  init: ({ n }) => ({ x: zeros([n, 1]) }),
  step: ({ x }) => ({ x: x!.add(uniform(x!.shape)) }),
  result: ({ x }) => x!,
};

describe("createSequential", () => {
  test("gives several samplers of one runtime a state each, and the same numbers for one seed", async () => {
    const runtime = createRuntime({ device: "cpu", threads: 1, seed: 1 });
    const [a, b] = [1, 2].map(() => createSequential(sums, 3, { runtime, name: "sample" }));
    const first = await a!.draw({ seed: 5, portion: 0 });
    expect(await b!.draw({ seed: 5, portion: 0 })).toEqual(first);
    expect(await a!.draw({ seed: 6, portion: 0 })).not.toEqual(first);
    expect(await a!.draw({ seed: 5, portion: 1 })).not.toEqual(first);
    expect(Math.abs((first.data as Float32Array)[0]! - 35)).toBeLessThan(15);
    await runtime.dispose();
  });

  test("shows the examples at intervals, and after the last step", async () => {
    const runtime = createRuntime({ device: "cpu", threads: 1, seed: 1 });
    const shown: number[] = [];
    const sampler = createSequential(sums, 1, { runtime, name: "sample" });
    await sampler.draw({
      seed: 0,
      portion: 0,
      frames: { every: 32, show: (_, step) => void shown.push(step) },
    });
    expect(shown).toEqual([32, 64, 70]);
    await runtime.dispose();
  });
});
