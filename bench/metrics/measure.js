// @ts-check
/** One measurement by Imago: `measure.js fid|prdc imago REAL FAKE COUNT DIMENSIONS THREADS`, a line of JSON. */
import { openSync, readSync } from "node:fs";
import {
  createProducts,
  frechetDistanceOfStatistics,
  precisionRecall,
  statisticsOf,
} from "../../dist/metrics/index.js";
import { createRuntime } from "../imago.js";

const [metric = "", , realFile = "", fakeFile = "", ...numbers] = process.argv.slice(2);
const [count = 0, dimensions = 0, threads = 1] = numbers.map(Number);

/** @param {string} file */
function read(file) {
  const data = new Float32Array(count * dimensions);
  const bytes = new Uint8Array(data.buffer);
  const handle = openSync(file, "r");
  for (let at = 0; at < bytes.length; )
    at += readSync(handle, bytes, at, Math.min(2 ** 26, bytes.length - at), null);
  return { data, count, dimensions };
}

const runtime = createRuntime({ device: "cpu", threads });
const products = createProducts(runtime);
const tiny = { data: new Float64Array(4), count: 2, dimensions: 2 };
await products.outer(tiny, tiny); // the device has started
const [real, fake] = [read(realFile), read(fakeFile)];
/** @type {Record<string, number>} */
const seconds = {};
const began = performance.now();

/** @template T @param {string} name @param {() => Promise<T>} work */
async function timed(name, work) {
  const start = performance.now();
  const result = await work();
  seconds[name] = (performance.now() - start) / 1000;
  return result;
}

/** @returns {Promise<Record<string, number>>} */
async function measure() {
  if (metric === "prdc") {
    const { outliers: _, ...value } = await timed("all", () => precisionRecall(real, fake, { products }));
    return value;
  }
  const [a, b] = await timed("statistics", () =>
    Promise.all([statisticsOf(real, { products }), statisticsOf(fake, { products })]),
  );
  const { value } = await timed("distance", () => frechetDistanceOfStatistics(a, b, { products }));
  return { fid: value };
}

const value = await measure();
const total = (performance.now() - began) / 1000;
const used = process.cpuUsage();
const peak = process.resourceUsage().maxRSS * 1024;
console.log(JSON.stringify({ seconds, total, cpu: (used.user + used.system) / 1e6, value, peak }));
await runtime.dispose();
