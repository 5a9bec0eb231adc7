/** The coming steps of a run, made ready while those before them run; and how long the device waited for that. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { SetUp } from "./set-up.node.ts";
import type { StepNumbers } from "./step-numbers.ts";

/** Steps that were made in one call. */
export interface MadeSteps {
  readonly numbers: readonly StepNumbers[];
  /** From handing them over to having their numbers. */
  readonly milliseconds: number;
  /** Of these, those in which the device did nothing. */
  readonly waited: number;
}

export interface StepsAhead {
  /** Milliseconds that making the first steps ready took: nothing ran meanwhile. */
  readonly first: number;
  /**
   * Makes the steps that are ready. While they run, as many as `inARow` says are made ready for the next call: from the
   * step that comes after them.
   */
  make(inARow: (from: number) => number): Promise<MadeSteps>;
}

type Parts = Pick<SetUp, "training" | "minibatches" | "runtime">;

/** Makes step `start` ready, to begin with. */
export async function stepsAhead(parts: Parts, start: number): Promise<StepsAhead> {
  const { runtime } = parts;
  const begun = performance.now();
  let next = stage(parts, start, 1);
  await next.staged;
  return {
    first: performance.now() - begun,
    async make(inARow) {
      const began = performance.now();
      const go = await next.staged;
      const running = Promise.all([runtime.busy(), go(), runtime.busy()]);
      try {
        await nextTurn(); // lets the steps go off first
        next = stage(parts, next.end, inARow(next.end));
      } catch (error) {
        await running.catch(() => undefined);
        throw error;
      }
      const [before, numbers, after] = await running;
      const milliseconds = performance.now() - began;
      return { numbers, milliseconds, waited: Math.max(0, milliseconds - (after - before)) };
    },
  };
}

/** Reads the minibatches of `count` steps and draws their random numbers. */
function stage({ training, minibatches }: Parts, from: number, count: number) {
  const steps = Array.from({ length: count }, (_, i) => minibatches(from + i));
  const staged = training.stage(steps, from);
  staged.catch(() => undefined); // told when its turn comes
  return { end: from + count, staged };
}
