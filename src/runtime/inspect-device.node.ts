/**
 * What can be known of CUDA and WebGPU without starting ONNX Runtime: a try costs 150 ms and prints warnings, a look at
 * the file system nothing.
 */
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Inspection } from "./platform.ts";

/** The device nodes that a graphics driver makes: on Linux, and on Linux inside Windows. */
const nvidiaNodes = ["/dev/nvidiactl", "/dev/dxg"];

export function inspectCuda(): Inspection {
  if (process.platform === "darwin") return { missing: "macOS has none." };
  if (process.platform === "linux" && !nvidiaNodes.some((file) => existsSync(file)))
    return { missing: "there is no NVIDIA driver." };
  if (!hasCudaProvider())
    return { missing: "onnxruntime-node was installed without its CUDA libraries (docs/engine.md)." };
  return {};
}

/** ONNX Runtime loads a provider from its own folder only. */
function hasCudaProvider(): boolean {
  const root = dirname(createRequire(import.meta.url).resolve("onnxruntime-node/package.json"));
  const { platform, arch } = process;
  const library =
    platform === "win32" ? "onnxruntime_providers_cuda.dll" : "libonnxruntime_providers_cuda.so";
  return readdirSync(join(root, "bin")).some((abi) =>
    existsSync(join(root, "bin", abi, platform, arch, library)),
  );
}

/** macOS and Windows always have a WebGPU adapter, though perhaps one in software: it is timed. */
export function inspectWebGpu(): Inspection {
  if (process.platform !== "linux") return { unknown: true };
  if (!hasRenderNode() && !nvidiaNodes.some((file) => existsSync(file)))
    return { slow: "there is no graphics processor (no driver under /dev/dri)." };
  return { unknown: true };
}

function hasRenderNode(): boolean {
  return existsSync("/dev/dri") && readdirSync("/dev/dri").some((name) => name.startsWith("renderD"));
}
