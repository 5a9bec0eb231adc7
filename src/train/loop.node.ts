/** The training loop: from a step to the next, with what is written in between. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { type StepsAhead, stepsAhead } from "./ahead.node.ts";
import { modelKey, pruneCheckpoints, readState, saveCheckpoint } from "./checkpoint.node.ts";
import { type Clock, newClock } from "./clock.ts";
import type { StepEvent, TrainEvent } from "./events.ts";
import { explainNotFinite } from "./explain.node.ts";
import type { Fitting } from "./fitting.ts";
import type { Manifest } from "./manifest.ts";
import { type MetricsLog, openMetrics, readMetrics } from "./metrics-log.node.ts";
import { writeOverTime } from "./over-time.node.ts";
import { peakMemory } from "./peak-memory.node.ts";
import { writeReport } from "./report.node.ts";
import { checkpointFile } from "./run-folder.node.ts";
import type { Recipe, SetUp } from "./set-up.node.ts";
import { firstNotFinite, type StepNumbers } from "./step-numbers.ts";

export interface Session {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly recipe: Recipe;
  readonly setUp: SetUp;
  /** Steps done already. */
  readonly start: number;
  /** The step to end at. */
  readonly end: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Milliseconds between two events of progress. */
const progressEvery = 200;

/** Where a run stands. */
interface Standing {
  /** Steps done. */
  step: number;
  numbers: StepNumbers;
  /** The steps last drawn and saved. */
  drawn: number;
  saved: number;
  sheet: string | undefined;
  /** When progress was last shown. */
  shown: number;
  readonly clock: Clock;
  readonly log: MetricsLog;
  /** The coming steps of a model that is trained by gradients. */
  readonly ahead: StepsAhead | undefined;
  /** For a model that is fitted without gradients, and whether that has come to its end. */
  readonly fitting: Fitting | undefined;
  fitted: boolean;
}

const over = ({ clock, step, fitted }: Standing): boolean => fitted || clock.over(step);

/** Trains until the end, `minutes` or the signal, writing into the run folder as it goes. */
export async function* trainLoop(session: Session): AsyncGenerator<TrainEvent> {
  const { signal } = session;
  const at = await begin(session);
  try {
    if (at.step === 0) await session.setUp.initialize();
    if (at.step === 0 && !at.fitting) yield* draw(session, at);
    while (!over(at) && !signal?.aborted) {
      for (const numbers of await advance(session, at)) {
        at.step++;
        at.numbers = numbers;
        const bad = firstNotFinite(numbers);
        if (bad) yield* explainNotFinite(session, at.step, bad);
      }
      if (!at.fitted) yield* afterStep(session, at);
    }
    if (at.saved !== at.step) yield* save(session, at);
    if (over(at)) yield* finish(session, at);
    else {
      const { folder } = session;
      yield { type: "interrupted", folder, step: at.step, checkpoint: checkpointFile(folder, at.step) };
    }
  } finally {
    await at.log.close();
  }
}

async function begin({ folder, manifest, setUp, start, end }: Session): Promise<Standing> {
  const before = (await readMetrics(folder)).filter((line) => line.step <= start).at(-1);
  const { minutes } = manifest.training;
  const { examplesPerStep } = setUp;
  const log = await openMetrics(folder, start);
  const fitting = await beginFitting(setUp, start);
  const ahead = fitting ? undefined : await stepsAhead(setUp, start);
  const [seconds, waited] = [before?.seconds ?? 0, (before?.waiting ?? 0) + (ahead?.first ?? 0) / 1000];
  const known = Object.entries(before?.losses ?? {}).map(([name, value]) => [name, value ?? Number.NaN]);
  return {
    step: start,
    numbers: { losses: Object.fromEntries(known), gradNorms: {} },
    drawn: -1,
    saved: start === 0 ? -1 : start,
    sheet: undefined,
    shown: performance.now(),
    clock: newClock({ start, end, minutes, examplesPerStep, seconds, waiting: waited }),
    log,
    ahead,
    fitting,
    fitted: false,
  };
}

/** Estimators keep nothing between sittings: they begin anew, and do again what was done. */
async function beginFitting({ fitting }: SetUp, start: number): Promise<Fitting | undefined> {
  const begun = fitting?.();
  for (let i = 0; i < start; i++) await begun?.next();
  return begun;
}

/** The coming steps, in one call, or the next iteration of a model that is fitted. */
async function advance(session: Session, at: Standing): Promise<readonly StepNumbers[]> {
  if (at.ahead) {
    const made = await at.ahead.make((from) => stepsInARow(session, at, from));
    at.clock.count(made.numbers.length, made.milliseconds, made.waited);
    return made.numbers;
  }
  const began = performance.now();
  const numbers = await at.fitting?.next();
  await nextTurn(); // an interrupt is heard between two iterations
  if (!numbers) at.fitted = true;
  else at.clock.count(1, performance.now() - began);
  return numbers ? [numbers] : [];
}

/** Milliseconds that steps made in one call may take: an interrupt and the end by the clock wait for them. */
const callLasts = 250;
/** Steps in one call at the most: their minibatches are all in memory. */
const mostInARow = 64;

/** How many steps to make in one call after step `from`: up to the next one after which something is due. */
function stepsInARow({ manifest, end, setUp }: Session, { clock }: Standing, from: number): number {
  if (end !== undefined && from >= end) return 0;
  const { logEvery, sampleEvery, checkpointEvery } = manifest.training;
  const due = [logEvery, sampleEvery, checkpointEvery].map((every) => every - (from % every));
  due.push(setUp.training.stageEnds(from) - from);
  const fits = Math.floor(callLasts / clock.millisecondsPerStep());
  return Math.max(1, Math.min(...due, end === undefined ? mostInARow : end - from, fits, mostInARow));
}

/** What is due after a step: a line of the log, a checkpoint, a picture. */
async function* afterStep(session: Session, at: Standing): AsyncGenerator<TrainEvent> {
  const { logEvery, sampleEvery, checkpointEvery } = session.manifest.training;
  const { step, clock } = at;
  const now = performance.now();
  if (step === 1 || step % logEvery === 0 || clock.over(step) || at.fitting) {
    at.shown = now;
    if (clock.over(step)) await examine(session, at);
    yield { type: "step", ...(await logStep(session, at)) };
  } else if (now - at.shown >= progressEvery) {
    at.shown = now;
    yield { type: "progress", ...numbersOf(session, at) };
  }
  if (step % checkpointEvery === 0) yield* save(session, at);
  if (step % sampleEvery === 0) yield* draw(session, at);
}

/** Puts the accuracy on the test examples beside the numbers of the last step. */
async function examine({ setUp }: Session, at: Standing): Promise<void> {
  const result = await setUp.examination?.accuracy();
  if (!result) return;
  const losses = { ...at.numbers.losses, "test accuracy": result.accuracy };
  at.numbers = { ...at.numbers, losses };
}

function numbersOf({ setUp, manifest, end }: Session, at: Standing): Omit<StepEvent, "type"> {
  const { step, numbers, clock } = at;
  const secondsLeft = clock.secondsLeft(step);
  return {
    step,
    ...(end !== undefined && { steps: end }),
    epoch: (step * setUp.examplesPerStep) / manifest.data.length,
    ...numbers,
    examplesPerSecond: clock.examplesPerSecond(),
    seconds: clock.seconds(),
    ...(at.ahead && { waiting: clock.waiting() }),
    ...(secondsLeft !== undefined && { secondsLeft }),
  };
}

async function logStep(session: Session, at: Standing): Promise<Omit<StepEvent, "type">> {
  const event = numbersOf(session, at);
  const { step, epoch, losses, gradNorms, examplesPerSecond, seconds, waiting } = event;
  await at.log.add({ step, epoch, losses, gradNorms, examplesPerSecond, seconds, waiting });
  at.clock.restart();
  return event;
}

async function* draw({ folder, setUp }: Session, at: Standing): AsyncGenerator<TrainEvent> {
  const files = await setUp.previews.write(folder, at.step);
  at.drawn = at.step;
  at.sheet = files[0];
  for (const file of files) yield { type: "sample", step: at.step, file };
}

/** Writes a checkpoint, unless a parameter has overflowed: bad weights never take the place of good ones. */
async function* save(session: Session, at: Standing): AsyncGenerator<TrainEvent> {
  const { folder, manifest, setUp } = session;
  const { step } = at;
  const state = await readState(setUp.runtime);
  const bad = setUp.parameters.find(
    ({ name }) => !state.get(name)?.data.every((v: number | bigint) => Number.isFinite(Number(v))),
  );
  if (bad) yield* explainNotFinite(session, step, bad.name);
  const counters = setUp.training.counters();
  const file = await saveCheckpoint(folder, state, { step, counters, model: modelKey(manifest) });
  at.saved = step;
  await pruneCheckpoints(folder, step, manifest.training.keep);
  yield { type: "checkpoint", step, file };
}

async function* finish(session: Session, at: Standing): AsyncGenerator<TrainEvent> {
  const { folder } = session;
  if (at.drawn !== at.step) yield* draw(session, at);
  if (session.manifest.data.kind === "points") {
    const file = await writeOverTime(folder);
    if (file) yield { type: "sample", step: at.step, file };
  }
  yield {
    type: "done",
    folder,
    step: at.step,
    seconds: at.clock.seconds(),
    ...(at.ahead && { waiting: at.clock.waiting() }),
    peakMemory: peakMemory(),
    losses: at.numbers.losses,
    checkpoint: checkpointFile(folder, at.step),
    ...(at.sheet !== undefined && { sheet: at.sheet }),
    report: await writeReport(folder, session.recipe.definition.title),
  };
}
