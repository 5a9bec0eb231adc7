import { afterAll, expect, it } from "vitest";
import { blockSize } from "./block-size.ts";
import { workerEngine } from "./worker-engine.node.ts";

const engine = workerEngine("cpu");
afterAll(() => engine.close());

it("is the number of float32 in a vector register where the processor has blocked kernels, and the same when asked again", async () => {
  const block = await blockSize(engine);
  expect([undefined, 8, 16]).toContain(block);
  expect(await blockSize(engine)).toBe(block);
  expect((await engine.stats()).sessions).toBe(0);
});

it("is undefined on other devices, and where the kernel is missing", async () => {
  expect(await blockSize({ ...engine, device: "wasm" })).toBeUndefined();
  const load = async () => {
    throw new Error("no such kernel");
  };
  expect(await blockSize({ ...engine, load })).toBeUndefined();
});
