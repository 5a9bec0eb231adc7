import { afterAll, beforeAll, expect, test } from "vitest";
import { createRuntime, type Runtime } from "../../src/index.ts";
import { models } from "./models.ts";
import { describeWithVulkan } from "./needs.ts";
import { disagreements, groups, onCpu } from "./reference.ts";
import { operations } from "./suite.ts";

describeWithVulkan("WebGPU in Node agrees with the CPU", () => {
  let cpu: Runtime;
  let gpu: Runtime;
  beforeAll(() => {
    cpu = createRuntime({ device: "cpu", seed: 1 });
    gpu = createRuntime({ device: "webgpu", seed: 1 });
  });
  afterAll(() => Promise.all([cpu.dispose(), gpu.dispose()]));

  test.each(groups)("operations: $name", async (group) => {
    const [reference, got] = [await onCpu(cpu, group), await operations(gpu, group.family, group.batch)];
    expect(disagreements(got, reference)).toEqual([]);
  });

  test.each(Object.entries(models))("training steps: %s", async (_, steps) => {
    expect(disagreements(await steps(gpu), await steps(cpu))).toEqual([]);
  });
});
