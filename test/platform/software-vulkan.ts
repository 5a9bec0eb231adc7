/** The Vulkan driver in software that Debian's chromium package carries: WebGPU in Node without a GPU. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { findChromium } from "./find-chromium.ts";

const icd = "vk_swiftshader_icd.json";

/** The folder that holds the driver; undefined where there is none. */
export function softwareVulkan(): string | undefined {
  const chromium = findChromium();
  const folders = ["/usr/lib/chromium", ...(chromium ? [dirname(chromium)] : [])];
  return folders.find((folder) => existsSync(join(folder, icd)));
}

/**
 * Variables that a process must be started with to use the driver. The folder also holds the Vulkan loader, which Debian
 * has in a package of its own.
 */
export function softwareVulkanEnvironment(): Record<string, string> {
  const folder = softwareVulkan();
  if (!folder) return {};
  const libraries = [folder, ...(process.env["LD_LIBRARY_PATH"]?.split(":") ?? [])];
  return { VK_ICD_FILENAMES: join(folder, icd), LD_LIBRARY_PATH: [...new Set(libraries)].join(":") };
}
