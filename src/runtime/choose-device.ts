import { writeModel } from "../onnx/index.ts";
import { inputTensor, matmul, UserError } from "../tensor/index.ts";
import type { Device, Engine } from "./engine.ts";
import type { DeviceReport } from "./runtime.ts";

export interface Platform {
  readonly devices: readonly Device[];
  readonly fallbackDevice: Device;
  startEngine(device: Device): Promise<Engine>;
}

type Chosen = { readonly engine: Engine; readonly report: DeviceReport };

/** Starts the device asked for, or for "auto" the first of the platform's devices that works and is worth it. */
export async function chooseDevice(wanted: Device | "auto", platform: Platform): Promise<Chosen> {
  if (wanted !== "auto") {
    const tried = await attempt(wanted, platform);
    if (tried.engine) return { engine: tried.engine, report: { device: wanted, reason: "asked for" } };
    throw new UserError(
      `The device "${wanted}" does not work here: ${tried.reason} Use device "auto" or "${platform.fallbackDevice}".`,
    );
  }
  const reasons: string[] = [];
  for (const device of platform.devices) {
    if (device === platform.fallbackDevice) break;
    const tried = await attempt(device, platform);
    if (tried.engine) return { engine: tried.engine, report: { device, reason: "the fastest device found" } };
    reasons.push(`${device}: ${tried.reason}`);
  }
  const engine = await platform.startEngine(platform.fallbackDevice);
  return { engine, report: { device: platform.fallbackDevice, reason: reasons.join(" ") } };
}

/** Starts an engine and lets it multiply two matrices: a device that cannot do that is not there. */
async function attempt(device: Device, platform: Platform): Promise<{ engine?: Engine; reason: string }> {
  let engine: Engine | undefined;
  try {
    engine = await platform.startEngine(device);
    const x = inputTensor("x", [2, 2], "float32");
    const model = writeModel(
      { inputs: [{ name: "x", tensor: x }], outputs: [{ name: "y", tensor: matmul(x, x) }] },
      { device: "gpu" },
    );
    await engine.load(
      -1,
      model,
      { states: [], assigns: [], results: ["y"] },
      { threads: 1, spinning: false },
    );
    const { y } = await engine.run(-1, { x: { data: new Float32Array([1, 2, 3, 4]), shape: [2, 2] } });
    await engine.unload(-1);
    if (String(y?.data) !== "7,10,15,22") throw new Error(`it computed ${y?.data} instead of 7,10,15,22.`);
    return { engine, reason: "works" };
  } catch (error) {
    await engine?.close().catch(() => undefined);
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}
