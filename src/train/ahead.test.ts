import { expect, it } from "vitest";
import type { HostBatch } from "../data/batches.ts";
import type { Runtime } from "../runtime/index.ts";
import { stepsAhead } from "./ahead.node.ts";
import type { StepNumbers } from "./step-numbers.ts";
import type { TrainingStep } from "./training-step.ts";

/** A device that says what is asked of it and ends a call when it is told to. */
function device() {
  const told: string[] = [];
  const ends: (() => void)[] = [];
  const fails: ((error: Error) => void)[] = [];
  const minibatches = (step: number): HostBatch[] => {
    told.push(`read ${step}`);
    return [{ x: { data: Float32Array.of(step), shape: [1] } }];
  };
  const stage: TrainingStep["stage"] = async (steps, from) => {
    if (steps.length > 0) told.push(`stage ${from}+${steps.length}`);
    return () => {
      told.push(`post ${from}`);
      return new Promise<StepNumbers[]>((resolve, reject) => {
        ends.push(() => resolve(steps.map((_, i) => ({ losses: { step: from + i }, gradNorms: {} }))));
        fails.push(reject);
      });
    };
  };
  const training = { stage } as Partial<TrainingStep> as TrainingStep;
  const runtime = { busy: async () => 0 } as Partial<Runtime> as Runtime;
  return { parts: { minibatches, training, runtime }, told, ends, fails };
}

const settled = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

it("reads and stages the coming steps while others run", async () => {
  const { parts, told, ends } = device();
  const ahead = await stepsAhead(parts, 5);
  expect(told.splice(0)).toEqual(["read 5", "stage 5+1"]);
  const first = ahead.make(() => 2);
  await settled();
  expect(told.splice(0)).toEqual(["post 5", "read 6", "read 7", "stage 6+2"]);
  ends[0]!();
  expect((await first).numbers.map(({ losses }) => losses["step"])).toEqual([5]);
  expect(told).toEqual([]);
  const second = ahead.make(() => 0);
  await settled();
  expect(told).toEqual(["post 6"]); // nothing comes after the last step
  ends[1]!();
  const { numbers, milliseconds, waited } = await second;
  expect(numbers.map(({ losses }) => losses["step"])).toEqual([6, 7]);
  expect(waited).toBe(milliseconds); // this device never computes
});

it("tells what goes wrong on the device, and in reading when the steps before have ended", async () => {
  const { parts, fails, ends } = device();
  const ahead = await stepsAhead(parts, 0);
  const failing = ahead.make(() => 1);
  await settled();
  fails[0]!(new Error("out of bounds"));
  await expect(failing).rejects.toThrow("out of bounds");

  const unreadable = { ...parts, minibatches: (step: number) => (step > 0 ? never() : parts.minibatches(0)) };
  const reading = (await stepsAhead(unreadable, 0)).make(() => 1);
  let told = false;
  reading.catch(() => (told = true));
  await settled();
  expect(told).toBe(false);
  ends.at(-1)!();
  await expect(reading).rejects.toThrow("the file is gone");
});

function never(): never {
  throw new Error("the file is gone");
}
