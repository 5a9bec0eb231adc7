import { expect, test } from "vitest";
import { taskQueue } from "./in-order.ts";

test("work starts when the work before it has ended, also when that failed", async () => {
  const queue = taskQueue();
  const log: string[] = [];
  const gates: (() => void)[] = [];
  const work = (name: string, fails: boolean) => async (): Promise<string> => {
    log.push(`${name} starts`);
    await new Promise<void>((open) => gates.push(open));
    log.push(`${name} ends`);
    if (fails) throw new Error(name);
    return name;
  };
  const results = [queue(work("a", true)), queue(work("b", false)), queue(work("c", false))];
  const settled = Promise.allSettled(results);
  for (let i = 0; i < results.length; i++) {
    while (gates.length === 0) await Promise.resolve();
    gates.pop()!();
    await results[i]!.catch(() => undefined);
  }
  expect(log).toEqual(["a starts", "a ends", "b starts", "b ends", "c starts", "c ends"]);
  expect((await settled).map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
});
