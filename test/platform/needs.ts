/** What the tests of other backends need, and what happens where it is missing. */
import { describe } from "vitest";
import { findChromium } from "./find-chromium.ts";
import { softwareVulkan } from "./software-vulkan.ts";

/**
 * `describe` where `found`; elsewhere the tests are skipped with a line that says what was left out and how to get it.
 * On a build server (CI=true) nothing may be left out: there they run, and fail.
 */
function describeWith(found: boolean, what: string, how: string): typeof describe | typeof describe.skip {
  if (found || process.env["CI"] === "true") return describe;
  console.log(`LEFT OUT: ${what}. ${how}`);
  return describe.skip;
}

const install = "To run it, install Debian's chromium package (apt-get install chromium)";

export const describeWithChromium = describeWith(
  findChromium() !== undefined,
  "everything in the browser (WebAssembly and WebGPU in Chromium)",
  `${install}, or name a Chromium in IMAGO_CHROMIUM.`,
);

export const describeWithVulkan = describeWith(
  softwareVulkan() !== undefined,
  "WebGPU in Node, which needs Chromium's software Vulkan driver",
  `${install}.`,
);
