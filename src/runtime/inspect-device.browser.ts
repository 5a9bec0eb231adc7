import type { Inspection } from "./platform.ts";

/** The part of WebGPU's adapter that is looked at; TypeScript's DOM library does not have it yet. */
interface Adapter {
  readonly info?: {
    readonly vendor: string;
    readonly architecture: string;
    readonly device: string;
    readonly description: string;
    readonly isFallbackAdapter?: boolean;
  };
}
type Gpu = { requestAdapter(options: { powerPreference: "high-performance" }): Promise<Adapter | null> };

/** Rasterizers that imitate a graphics processor: Chromium's, Mesa's two, Windows'. */
const software = /swiftshader|llvmpipe|lavapipe|softpipe|basic render/i;

/** Whether the browser has WebGPU, and whether real hardware is behind it. */
export async function inspectWebGpu(): Promise<Inspection> {
  const { gpu } = navigator as unknown as { gpu?: Gpu };
  if (!gpu) {
    return {
      missing: isSecureContext ? "this browser has no WebGPU." : "WebGPU needs https or localhost.",
    };
  }
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) return { missing: "the browser offers no adapter." };
  const { vendor = "", architecture = "", device = "", description = "" } = adapter.info ?? {};
  const name = [...new Set([vendor, architecture, device, description])].filter((s) => s !== "").join(" ");
  if (adapter.info?.isFallbackAdapter || software.test(name))
    return { slow: `its only adapter is software (${name}).`, name };
  return { name };
}
