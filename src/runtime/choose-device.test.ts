import { describe, expect, test } from "vitest";
import { chooseDevice } from "./choose-device.ts";
import type { Device, Engine } from "./engine.ts";
import type { Inspection, Platform } from "./platform.ts";

const options = { threads: 1 };

/** An engine that "multiplies" as told and counts what became of it. */
function fakeEngine(device: Device, product: readonly number[], closed: Device[]): Engine {
  const nothing = async (): Promise<void> => undefined;
  return {
    device,
    load: nothing,
    run: async () => ({ y: { data: Float32Array.from(product), shape: [2, 2] } }),
    write: nothing,
    read: async () => ({ data: new Float32Array(1), shape: [] }),
    unload: nothing,
    busy: async () => 0,
    copiesState: async () => true,
    stats: async () => ({ states: 0, stateBytes: 0, sessions: 0 }),
    close: async () => void closed.push(device),
  };
}

type Fake = { inspection?: Inspection; product?: readonly number[]; failure?: string };

/** A platform of fake devices; `started` and `closed` list what was done. */
function platformOf(devices: Partial<Record<Device, Fake>>) {
  const started: Device[] = [];
  const closed: Device[] = [];
  const platform: Platform = {
    devices: ["cuda", "webgpu", "cpu"],
    fallbackDevice: "cpu",
    defaultThreads: () => 1,
    async startEngine(device) {
      started.push(device);
      const { product = [7, 10, 15, 22], failure } = devices[device] ?? {};
      if (failure) throw new Error(failure);
      return fakeEngine(device, product, closed);
    },
    inspect: async (device) => devices[device]?.inspection ?? {},
  };
  return { platform, started, closed };
}

describe("auto", () => {
  test("starts nothing that is missing or slow, and says why", async () => {
    const { platform, started } = platformOf({
      cuda: { inspection: { missing: "there is no driver." } },
      webgpu: { inspection: { slow: "its only adapter is software." } },
    });
    const { report } = await chooseDevice("auto", platform, options);
    expect(started).toEqual(["cpu"]);
    expect(report).toEqual({
      device: "cpu",
      reason: "no cuda: there is no driver. no webgpu: its only adapter is software.",
    });
  });

  test("takes the first device that works, with its name", async () => {
    const { platform } = platformOf({
      cuda: { failure: "library not found\n  at some place" },
      webgpu: { inspection: { name: "acme turbo" } },
    });
    const { engine, report } = await chooseDevice("auto", platform, options);
    expect(engine.device).toBe("webgpu");
    expect(report).toEqual({ device: "webgpu", reason: "it works: acme turbo." });
  });

  test("refuses and closes a device that computes wrong numbers", async () => {
    const { platform, closed } = platformOf({
      cuda: { inspection: { missing: "none." } },
      webgpu: { product: [0, 0, 0, 0] },
    });
    const { report } = await chooseDevice("auto", platform, options);
    expect(report.device).toBe("cpu");
    expect(report.reason).toContain("no webgpu: it computed 0,0,0,0 instead of 7,10,15,22.");
    expect(closed).toEqual(["webgpu"]);
  });
});

describe("a device asked for", () => {
  test("is used even where auto would not: slow is no reason", async () => {
    const { platform } = platformOf({ webgpu: { inspection: { slow: "software." } } });
    const { report } = await chooseDevice("webgpu", platform, options);
    expect(report).toEqual({ device: "webgpu", reason: "it was asked for." });
  });

  test("that is missing is an error with the reason and the way out", async () => {
    const { platform, started } = platformOf({ cuda: { inspection: { missing: "there is no driver." } } });
    await expect(chooseDevice("cuda", platform, options)).rejects.toThrow(
      'The device "cuda" does not work here: there is no driver. Use device "auto" or "cpu".',
    );
    expect(started).toEqual([]);
  });

  test("that fails to start is an error with the first line of what it said", async () => {
    const { platform } = platformOf({ webgpu: { failure: "No supported adapters\n at x" } });
    await expect(chooseDevice("webgpu", platform, options)).rejects.toThrow(
      'The device "webgpu" does not work here: No supported adapters. Use device "auto" or "cpu".',
    );
  });
});
