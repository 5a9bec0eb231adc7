import { describe, expect, it } from "vitest";
import { newClock } from "./clock.ts";
import { checkLength, intervals, lastStep } from "./plan.ts";

describe("the length of a run", () => {
  it("ends at the earlier of steps and epochs", () => {
    expect(lastStep({ epochs: 10 }, 60_000, 128)).toBe(4688); // 4687.5 minibatches
    expect(lastStep({ epochs: 10, steps: 100 }, 60_000, 128)).toBe(100);
    expect(lastStep({ minutes: 2 }, 60_000, 128)).toBeUndefined();
    expect(lastStep({ epochs: 0.000001 }, 100, 128)).toBe(1);
  });

  it.each([{ steps: -1 }, { steps: 1.5 }, { epochs: 0 }, { minutes: Number.NaN }])("refuses %j", (length) => {
    expect(() => checkLength(length)).toThrow(/expected/);
  });

  it("spreads log lines, sheets and checkpoints over it", () => {
    expect(intervals({}, 10_000)).toEqual({ logEvery: 50, sampleEvery: 500, checkpointEvery: 500 });
    expect(intervals({}, 1000)).toEqual({ logEvery: 10, sampleEvery: 50, checkpointEvery: 100 });
    expect(intervals({}, 20)).toEqual({ logEvery: 1, sampleEvery: 10, checkpointEvery: 10 });
    expect(intervals({ logEvery: 7 })).toEqual({ logEvery: 7, sampleEvery: 500, checkpointEvery: 500 });
    expect(() => intervals({ sampleEvery: 0 }, 20)).toThrow("sampleEvery is 0");
  });
});

describe("the clock", () => {
  const options = { start: 100, end: 200, minutes: undefined, examplesPerStep: 32, seconds: 5 };

  it("adds this sitting to those before it, and tells the time left from this sitting's pace", () => {
    let now = 1000;
    const clock = newClock(options, () => now);
    expect(clock.secondsLeft(100)).toBeUndefined();
    now += 20_000;
    expect(clock.seconds()).toBe(25);
    expect(clock.secondsLeft(120)).toBe(80);
    expect([clock.over(199), clock.over(200)]).toEqual([false, true]);
  });

  it("ends by minutes, over all sittings", () => {
    let now = 0;
    const clock = newClock({ ...options, end: undefined, minutes: 1, seconds: 50 }, () => now);
    now = 4000;
    expect([clock.secondsLeft(130), clock.over(130)]).toEqual([6, false]);
    now = 10_000;
    expect(clock.over(130)).toBe(true);
  });
});
