import { UserError } from "../tensor/index.ts";
import type { Device, Engine } from "./engine.ts";
import type { EngineOptions, Platform } from "./platform.ts";
import { checkProduct, timeProducts } from "./probe.ts";
import type { DeviceReport } from "./runtime.ts";

type Chosen = { readonly engine: Engine; readonly report: DeviceReport };
type Attempt = { readonly engine: Engine; readonly reason: string } | { readonly failure: string };

/** Starts the device asked for, or for "auto" the first of the platform's devices that works and is worth it. */
export async function chooseDevice(
  wanted: Device | "auto",
  platform: Platform,
  options: EngineOptions,
): Promise<Chosen> {
  if (wanted !== "auto") {
    const { missing } = await platform.inspect(wanted);
    const tried = missing === undefined ? await attempt(wanted, platform, options) : { failure: missing };
    if ("engine" in tried)
      return { engine: tried.engine, report: { device: wanted, reason: "it was asked for." } };
    throw new UserError(
      `The device "${wanted}" does not work here: ${tried.failure} Use device "auto" or "${platform.fallbackDevice}".`,
    );
  }
  const failures: string[] = [];
  for (const device of platform.devices) {
    if (device === platform.fallbackDevice) break;
    const tried = await worthwhile(device, platform, options);
    if ("engine" in tried) return { engine: tried.engine, report: { device, reason: tried.reason } };
    failures.push(`no ${device}: ${tried.failure}`);
  }
  const engine = await platform.startEngine(platform.fallbackDevice, options);
  return { engine, report: { device: platform.fallbackDevice, reason: failures.join(" ") } };
}

/** Starts `device` unless it is missing or known, or measured, to be no faster than the processor. */
async function worthwhile(device: Device, platform: Platform, options: EngineOptions): Promise<Attempt> {
  const { missing, slow, unknown, name } = await platform.inspect(device);
  const objection = missing ?? slow;
  if (objection !== undefined) return { failure: objection };
  const tried = await attempt(device, platform, options);
  if ("failure" in tried || !unknown)
    return "failure" in tried ? tried : { ...tried, reason: name ? `it works: ${name}.` : "it works." };
  const slower = await compare(tried.engine, platform, options);
  if (slower === undefined)
    return { engine: tried.engine, reason: "it works, and faster than the processor." };
  await tried.engine.close();
  return { failure: slower };
}

/** Why `engine` is no better than the fallback device; undefined where it is faster. */
async function compare(
  engine: Engine,
  platform: Platform,
  { threads, browser }: EngineOptions,
): Promise<string | undefined> {
  // A software adapter needs seconds for the second size; this one gives it away in milliseconds.
  const small = await timeProducts(engine, 128, { threads, repeats: 1 });
  if (small > 20) return `it is as slow as software (${small.toFixed(0)} ms for four products of 128 × 128).`;
  const fallback = await platform.startEngine(platform.fallbackDevice, { threads, browser });
  try {
    const mine = await timeProducts(engine, 768, { threads, repeats: 3 });
    const theirs = await timeProducts(fallback, 768, { threads, repeats: 3 });
    if (mine < theirs) return undefined;
    return `it is slower than the processor (${mine.toFixed(1)} ms and ${theirs.toFixed(1)} ms for four products of 768 × 768).`;
  } finally {
    await fallback.close();
  }
}

/** Starts an engine and lets it multiply two matrices: a device that cannot do that is not there. */
async function attempt(device: Device, platform: Platform, options: EngineOptions): Promise<Attempt> {
  let engine: Engine | undefined;
  try {
    engine = await platform.startEngine(device, options);
    await checkProduct(engine);
    return { engine, reason: "it works." };
  } catch (error) {
    if (error instanceof UserError) throw error;
    await engine?.close().catch(() => undefined);
    return { failure: sentence(error instanceof Error ? error.message : String(error)) };
  }
}

/** ONNX Runtime's messages begin with file names and signatures; what went wrong comes last. */
function sentence(message: string): string {
  const text = message
    .trim()
    .split(/\s*\n\s*/)[0]!
    .replace(/^.*was false\. /, "");
  return text.endsWith(".") ? text : `${text}.`;
}
