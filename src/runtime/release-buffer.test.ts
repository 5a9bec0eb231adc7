import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it } from "vitest";
import { bufferRelease } from "./release-buffer.node.ts";

it("empties a buffer and frees its memory", async () => {
  const release = bufferRelease();
  for (let turn = 0; turn < 20; turn++) await nextTurn();
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 50; i++) {
    const data = new Float32Array(1 << 20).fill(i);
    release(data.buffer);
    expect(data).toHaveLength(0);
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 << 20); // of 200 MB
});
