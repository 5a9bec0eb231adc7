import { UserError } from "../tensor/index.ts";

/** How long to train; whichever comes first ends it. */
export interface Length {
  readonly steps?: number | undefined;
  readonly epochs?: number | undefined;
  readonly minutes?: number | undefined;
}

/** Throws a UserError where a number is out of range. */
export function checkLength({ steps, epochs, minutes }: Length): void {
  if (steps !== undefined && !(Number.isInteger(steps) && steps >= 1))
    throw new UserError(`steps is ${steps}, expected a whole number of at least 1.`);
  for (const [name, value] of Object.entries({ epochs, minutes })) {
    if (value !== undefined && !(value > 0 && Number.isFinite(value)))
      throw new UserError(`${name} is ${value}, expected a positive number.`);
  }
}

/** The step to end at, where steps or epochs say so. An epoch is as many examples as there are. */
export function lastStep(length: Length, examples: number, examplesPerStep: number): number | undefined {
  const byEpochs =
    length.epochs === undefined ? undefined : Math.ceil((length.epochs * examples) / examplesPerStep);
  const ends = [length.steps, byEpochs].filter((end) => end !== undefined);
  return ends.length > 0 ? Math.max(1, Math.min(...ends)) : undefined;
}

export interface Intervals {
  readonly logEvery: number;
  readonly sampleEvery: number;
  readonly checkpointEvery: number;
}

/**
 * Intervals in steps: about a hundred log lines, twenty sheets and ten checkpoints, but no picture or
 * checkpoint before ten steps have passed, and none rarer than a person wants.
 */
export function intervals(asked: Partial<Intervals>, end = Number.POSITIVE_INFINITY): Intervals {
  const part = (parts: number, least: number, most: number): number =>
    Math.min(most, Math.max(least, Math.ceil(end / parts)));
  const chosen = {
    logEvery: asked.logEvery ?? part(100, 1, 50),
    sampleEvery: asked.sampleEvery ?? part(20, 10, 500),
    checkpointEvery: asked.checkpointEvery ?? part(10, 10, 500),
  };
  for (const [name, value] of Object.entries(chosen)) {
    if (!(Number.isInteger(value) && value >= 1))
      throw new UserError(`${name} is ${value}, expected a whole number of at least 1.`);
  }
  return chosen;
}
