export interface ClockOptions {
  /** Steps done before this sitting, and the step to end at. */
  readonly start: number;
  readonly end: number | undefined;
  readonly minutes: number | undefined;
  readonly examplesPerStep: number;
  /** Seconds of training before this sitting. */
  readonly seconds: number;
  /** Seconds that the device has waited for data so far. */
  readonly waiting?: number;
}

/** How long a run has taken, and how long it will. */
export interface Clock {
  /** Notes steps that took so many milliseconds together, in `waited` of which the device did nothing. */
  count(steps: number, milliseconds: number, waited?: number): void;
  /** Of the latest steps noted; infinite before any. */
  millisecondsPerStep(): number;
  /** Whether the run is to end at this step. */
  over(step: number): boolean;
  /** Seconds over all sittings. */
  seconds(): number;
  /** Seconds in which the device waited for data, over all sittings. */
  waiting(): number;
  /** Left to go after this step, where it can be told. */
  secondsLeft(step: number): number | undefined;
  /** Examples in each second of computing since `restart`: drawing and writing do not count. */
  examplesPerSecond(): number;
  restart(): void;
}

/** A clock that begins now. `now` gives milliseconds. */
export function newClock(options: ClockOptions, now: () => number = () => performance.now()): Clock {
  const { start, end, minutes, examplesPerStep } = options;
  const began = now();
  let recent = { steps: 0, milliseconds: 0 };
  let waiting = options.waiting ?? 0;
  let latest = Number.POSITIVE_INFINITY;
  const sitting = (): number => (now() - began) / 1000;
  const seconds = (): number => options.seconds + sitting();
  return {
    count(steps, milliseconds, waited = 0) {
      waiting += waited / 1000;
      recent.steps += steps;
      recent.milliseconds += milliseconds;
      latest = milliseconds / steps;
    },
    millisecondsPerStep: () => latest,
    over: (step) =>
      (end !== undefined && step >= end) || (minutes !== undefined && seconds() >= 60 * minutes),
    seconds,
    waiting: () => waiting,
    secondsLeft(step) {
      const bySteps =
        end === undefined || step <= start ? undefined : ((end - step) * sitting()) / (step - start);
      const byMinutes = minutes === undefined ? undefined : 60 * minutes - seconds();
      const left = [bySteps, byMinutes].filter((s) => s !== undefined);
      return left.length > 0 ? Math.max(0, Math.min(...left)) : undefined;
    },
    examplesPerSecond: () =>
      recent.milliseconds > 0 ? (1000 * examplesPerStep * recent.steps) / recent.milliseconds : 0,
    restart() {
      recent = { steps: 0, milliseconds: 0 };
    },
  };
}
