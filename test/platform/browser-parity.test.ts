import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRuntime, type Runtime } from "../../src/index.ts";
import { callPage } from "./call-page.ts";
import { startChromium, type TestBrowser } from "./chromium.ts";
import { models } from "./models.ts";
import { describeWithChromium } from "./needs.ts";
import { disagreements, groups, onCpu } from "./reference.ts";

describeWithChromium("Chromium agrees with the CPU", () => {
  let cpu: Runtime;
  let browser: TestBrowser;
  let page: Page;
  beforeAll(async () => {
    cpu = createRuntime({ device: "cpu", seed: 1 });
    browser = await startChromium();
    page = await browser.open();
  });
  afterAll(() => Promise.all([cpu.dispose(), browser?.close()]));

  describe.each(["wasm", "webgpu"] as const)("%s", (device) => {
    test.each(groups)("operations: $name", async (group) => {
      const got = await callPage(page, "operations", device, group.family, group.batch);
      expect(disagreements(got, await onCpu(cpu, group))).toEqual([]);
    });

    test.each(Object.keys(models) as (keyof typeof models)[])("training steps: %s", async (model) => {
      const fresh = createRuntime({ device: "cpu", seed: 1 });
      const reference = await models[model](fresh);
      await fresh.dispose();
      expect(disagreements(await callPage(page, "steps", device, model), reference)).toEqual([]);
    });
  });
});
