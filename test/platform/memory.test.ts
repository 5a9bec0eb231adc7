import { afterAll, expect, test } from "vitest";
import { createRuntime } from "../../src/index.ts";
import { toyGan } from "./toy-gan.ts";

const runtime = createRuntime({ device: "cpu", seed: 1 });
afterAll(() => runtime.dispose());

const megabytes = (bytes: number): number => bytes / 2 ** 20;

test("ten thousand steps of a small GAN leave resident memory flat", async () => {
  const step = toyGan(runtime);
  const run = async (count: number): Promise<number> => {
    for (let i = 0; i < count; i++) await step();
    return megabytes(process.memoryUsage.rss());
  };
  await run(1000);
  const states = await runtime.stats();
  const warm = await run(1000);
  const end = await run(10_000);
  console.log(`resident: ${warm.toFixed(0)} MB after 2,000 steps, ${end.toFixed(0)} MB after 12,000`);
  expect(end - warm).toBeLessThan(20);
  expect(await runtime.stats()).toEqual(states);
});
