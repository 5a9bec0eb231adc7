import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { callPage } from "./call-page.ts";
import { startChromium, type TestBrowser } from "./chromium.ts";
import { describeWithChromium } from "./needs.ts";

describeWithChromium("a page in Chromium", () => {
  let browser: TestBrowser;
  let page: Page;
  beforeAll(async () => {
    browser = await startChromium();
    page = await browser.open();
  });
  afterAll(() => browser?.close());

  const expected = { first: 64, last: 64 }; // 256 · 0.5 · 0.5

  test("auto leaves out a WebGPU adapter that is software, and says so", async () => {
    const { report, ...y } = await callPage(page, "product", { device: "auto" });
    expect(report.device).toBe("wasm");
    expect(report.reason).toMatch(/^no webgpu: its only adapter is software \(.*swiftshader.*\)\.$/i);
    expect(y).toEqual({ ...expected, threads: 1 });
  });

  test("WebAssembly alone fetches neither the WebGPU build nor its file", async () => {
    const fresh = await browser.open();
    const fetched: string[] = [];
    fresh.on("request", (request) => fetched.push(request.url()));
    await callPage(fresh, "product", { device: "wasm" });
    expect(fetched.filter((url) => url.endsWith(".wasm")).length).toBe(1);
    expect(fetched.filter((url) => /webgpu|asyncify|jsep|jspi/.test(url))).toEqual([]);
    await fresh.close();
  });

  test("computes in a worker of the page", async () => {
    const y = await callPage(page, "product", { device: "wasm", worker: true });
    expect(y).toEqual({ ...expected, threads: 1, report: { device: "wasm", reason: "it was asked for." } });
  });

  test("computes on WebGPU in a worker of the page", async () => {
    const y = await callPage(page, "product", { device: "webgpu", worker: true });
    expect(y).toMatchObject({ ...expected, report: { device: "webgpu" } });
  });

  test("computes with two threads, from a folder of ONNX Runtime's files", async () => {
    const fresh = await browser.open();
    const workers: string[] = [];
    fresh.on("worker", (worker) => workers.push(worker.url()));
    const y = await callPage(fresh, "product", { device: "wasm", threads: 2, folder: "/ort/" });
    expect(y).toMatchObject({ ...expected, threads: 2 });
    expect(workers.filter((url) => url.includes("/ort/")).length).toBeGreaterThan(0);
    await fresh.close();
  });

  test("computes with two threads in a worker of the page", async () => {
    const y = await callPage(page, "product", { device: "wasm", threads: 2, folder: "/ort/", worker: true });
    expect(y).toMatchObject({ ...expected, threads: 2 });
  });

  test("threads without that folder are an error in one sentence, not a page that hangs", async () => {
    await expect(callPage(page, "product", { device: "wasm", threads: 2 })).rejects.toThrow(
      /2 threads in the browser need ONNX Runtime's files in a folder of their own/,
    );
  });

  test("a DCGAN of 32×32 on WebGPU reads back the logged losses and nothing else", async () => {
    const fresh = await browser.open();
    const readings = await callPage(fresh, "dcganReadbacks", "webgpu", 2, 2);
    for (const { readbacks, losses } of readings) {
      expect(readbacks).toBe(2); // of D and of G, of every second step
      expect(losses.every(Number.isFinite)).toBe(true);
    }
    expect(readings[1]!.losses).not.toEqual(readings[0]!.losses);
    await fresh.close();
  });

  test("keeps a constant number of GPU buffers and a flat heap, and reads back only results", async () => {
    const fresh = await browser.open();
    const readings = await callPage(fresh, "memory", "webgpu", 5, 60);
    const [first, ...later] = readings;
    console.log(`GPU buffers and heap after each 60 steps: ${JSON.stringify(readings)}`);
    for (const reading of later) {
      expect(reading.buffers).toBe(first!.buffers);
      expect(reading.readbacks).toBe(2 * 60);
      expect(reading.heap - first!.heap).toBeLessThan(2e6);
    }
    await fresh.close();
  });
});
