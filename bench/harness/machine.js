// @ts-check
/** What a measurement depends on. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, loadavg, totalmem } from "node:os";
import { createRuntime } from "../imago.js";

const require = createRequire(import.meta.url);

/**
 * @typedef {{ date: string, commit: string, cpu: string, cores: number, memoryGB: number, platform: string, load: number,
 *   node: string, onnxruntime: string, imago: string }} Machine
 */

/** @returns {Machine} */
export function describeMachine() {
  return {
    date: new Date().toISOString().slice(0, 16),
    commit: commit(),
    cpu: cpus()[0]?.model.trim() ?? "unknown processor",
    cores: cpus().length,
    memoryGB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform}-${process.arch}`,
    load: Number((loadavg()[0] ?? 0).toFixed(1)),
    node: process.versions.node,
    onnxruntime: require("onnxruntime-node/package.json").version,
    imago: require("../../package.json").version,
  };
}

/** The commit of the checkout, with "-dirty" where files differ from it. */
function commit() {
  try {
    const options = { cwd: new URL(".", import.meta.url), encoding: /** @type {const} */ ("utf8") };
    return execFileSync("git", ["describe", "--always", "--dirty"], options).trim();
  } catch {
    return "unknown";
  }
}

/** Resident size of this process now and at its largest, in bytes, where the system tells it. */
export function processMemory() {
  const bytes = (/** @type {string} */ text, /** @type {string} */ key) =>
    1024 * Number(new RegExp(`^${key}:\\s+(\\d+) kB`, "m").exec(text)?.[1]);
  try {
    const status = readFileSync("/proc/self/status", "utf8");
    return { now: bytes(status, "VmRSS"), peak: bytes(status, "VmHWM") };
  } catch {
    return {};
  }
}

/**
 * One for each case: a device's threads and memory end with it.
 * @param {{ device: string, threads: number }} options
 */
export function newRuntime({ device, threads }) {
  return createRuntime({ device: /** @type {"cpu"} */ (device), threads, seed: 1 });
}
