/** A model's phases as compiled functions: one graph for the whole step where it is short enough. */
import type { HostBatch } from "../data/batches.ts";
import type { Batch, Model, Phase } from "../models/model.ts";
import { type Ema, globalNorm, minimize, trainableVariables } from "../optim/index.ts";
import { type CallMemory, type Compiled, compile, type Runtime } from "../runtime/index.ts";
import { formatShape, Tensor, UserError, type Variable } from "../tensor/index.ts";
import { type Minibatch, minibatchesOfStep, minibatchOf, type Stage, stagesOf, updatesOf } from "./stages.ts";
import { newNumbers, normKey, type StepNumbers } from "./step-numbers.ts";

/** Above so many updates, a graph of all of them takes longer to compile than it saves. */
const updatesInOneGraph = 4;

/** What one update computed, while it is traced. */
export interface TracedUpdate {
  readonly phase: string;
  readonly scalars: { readonly [name: string]: Tensor };
  readonly parameters: readonly Variable[];
  readonly gradients: readonly Tensor[];
  readonly gradNorm: Tensor;
}

/** Several updates in one graph. */
export type StepBody = (batches: readonly Batch[]) => readonly TracedUpdate[];
type Logged = { readonly [phase: string]: { readonly [name: string]: Tensor } };
type LoggedBody = (batches: readonly Batch[]) => Logged;

/** One compiled graph of a step, and the minibatches that it takes. */
export interface StepPart {
  readonly name: string;
  readonly body: StepBody;
  readonly compiled: Compiled<LoggedBody>;
  readonly batches: readonly number[];
}

export interface TrainingStep {
  /** The graphs of the step after `step` steps. */
  partsAt(step: number): readonly StepPart[];
  /** The first step that belongs to another stage than `step`; infinite in the last one. */
  stageEnds(step: number): number;
  /** Compiles everything for minibatches of these shapes; all variables have values then. */
  prepare(batches: readonly HostBatch[]): Promise<void>;
  /** What takes memory in the calls of a step on minibatches of these shapes, for each stage. */
  memory(batches: readonly HostBatch[]): Promise<CallMemory[][]>;
  /**
   * Makes steps in a row, the first after `from` steps and none beyond its stage, each on its minibatches, in one call of the
   * device where that is possible.
   */
  run(steps: readonly (readonly HostBatch[])[], from: number): Promise<StepNumbers[]>;
  /** Makes such steps ready, while others may still run. They are made when the function given back is called. */
  stage(steps: readonly (readonly HostBatch[])[], from: number): Promise<() => Promise<StepNumbers[]>>;
  /** Calls made by each function: keys of the random numbers. */
  counters(): { [name: string]: number };
  setCounters(counters: { readonly [name: string]: number }): void;
}

export interface TrainingStepOptions {
  /** Follow the parameters at the end of each step. */
  readonly averages?: Ema | undefined;
  /** The step at which training ends: what stages are shares of. */
  readonly end?: number | undefined;
}

/** Compiles the model's step on `runtime`. Throws (UserError) where the phases do not fit together. */
export function trainingStep(
  model: Model,
  runtime: Runtime,
  { averages, end }: TrainingStepOptions = {},
): TrainingStep {
  const made = new Map<StepBody, Compiled<LoggedBody>>();
  const minibatches = minibatchesOfStep(model);
  const stages = stagesOf(model, end).map((stage) => ({
    ...stage,
    parts: partsOf(stage, minibatches, averages).map((part): StepPart => {
      const known = made.get(part.body) ?? compileBody(part.name, part.body, runtime);
      made.set(part.body, known);
      return { ...part, compiled: known };
    }),
  }));
  const stageAt = (step: number) => stages.find(({ to }) => step < to) ?? stages.at(-1);
  const names = [...made.values()].map((f) => f.stepName);
  return {
    partsAt: (step) => stageAt(step)?.parts ?? [],
    stageEnds(step) {
      const stage = stageAt(step);
      return stage && stage !== stages.at(-1) ? stage.to : Number.POSITIVE_INFINITY;
    },
    async prepare(batches) {
      for (const { parts } of stages)
        for (const part of parts) await part.compiled.prepareMany(pick(batches, part));
    },
    memory: (batches) =>
      Promise.all(
        stages.map(({ parts }) =>
          Promise.all(parts.map((part) => part.compiled.memory(pick(batches, part)))),
        ),
      ),
    run: async (steps, from) => (await stageParts(stageAt(from)?.parts ?? [], steps))(),
    stage: (steps, from) => stageParts(stageAt(from)?.parts ?? [], steps),
    counters: () => Object.fromEntries(names.map((name) => [name, runtime.steps()[name] ?? 0])),
    setCounters(counters) {
      for (const name of names) runtime.setSteps(name, counters[name] ?? 0);
    },
  };
}

const pick = <T>(batches: readonly T[], { batches: own }: StepPart): T[] => own.map((i) => batches[i]!);

/** Makes steps of one stage ready: one call where a step is one graph, otherwise a call for each part of each step. */
async function stageParts(
  parts: readonly StepPart[],
  steps: readonly (readonly HostBatch[])[],
): Promise<() => Promise<StepNumbers[]>> {
  const only = parts.length === 1 ? parts[0] : undefined;
  const calls = only
    ? [only.compiled.stage(steps.map((batches) => [pick(batches, only)]))]
    : steps.flatMap((batches) => parts.map((part) => part.compiled.stage([[pick(batches, part)]])));
  const staged = await Promise.all(calls);
  return async () => {
    const results = (await Promise.all(staged.map((call) => call()))).flat();
    const perStep = only ? 1 : parts.length;
    return steps.map((_, i) => {
      const numbers = newNumbers();
      for (const result of results.slice(i * perStep, (i + 1) * perStep)) numbers.add(result);
      return numbers.means();
    });
  };
}

function partsOf(stage: Stage, all: readonly Minibatch[], averages: Ema | undefined): Part[] {
  const updates = stage.phases.reduce((sum, phase) => sum + updatesOf(phase), 0);
  return updates <= updatesInOneGraph ? [wholeStep(stage, all, averages)] : stepByPhase(stage, all, averages);
}

type Part = Omit<StepPart, "compiled">;

/** All updates of the step in one graph. */
function wholeStep({ name, phases }: Stage, all: readonly Minibatch[], averages: Ema | undefined): Part {
  const updates = phases.flatMap((phase) =>
    Array.from({ length: updatesOf(phase) }, (_, i) => ({ phase, batch: minibatchOf(all, phase, i) })),
  );
  const used = [...new Set(updates.map(({ batch }) => batch))].sort((a, b) => a - b);
  const body: StepBody = (batches) => {
    const traced = updates.map(({ phase, batch }) => traceUpdate(phase, batches[used.indexOf(batch)]!));
    averages?.update();
    return traced;
  };
  return { name, body, batches: used };
}

/** One graph for each phase, called as often as it is to be repeated. */
function stepByPhase({ name, phases }: Stage, all: readonly Minibatch[], averages: Ema | undefined): Part[] {
  const parts = phases.flatMap((phase): Part[] => {
    const body: StepBody = (batches) => [traceUpdate(phase, batches[0]!)];
    return Array.from({ length: updatesOf(phase) }, (_, i) => ({
      name: `${name}.${phase.name}`,
      body,
      batches: [minibatchOf(all, phase, i)],
    }));
  });
  if (!averages) return parts;
  const follow: StepBody = () => {
    averages.update();
    return [];
  };
  return [...parts, { name: `${name}.averages`, body: follow, batches: [] }];
}

/** Traces one update of a phase: its loss, the gradients, the optimiser's step. */
function traceUpdate(phase: Phase, batch: Batch): TracedUpdate {
  const result = phase.loss(batch);
  const { loss, ...others } = result instanceof Tensor ? { loss: result } : result;
  for (const [name, scalar] of Object.entries(others)) {
    if (scalar.size !== 1)
      throw new UserError(
        `The phase ${phase.name} logs ${name} as ${formatShape(scalar.shape)}, expected one number; take its mean().`,
      );
  }
  const gradients = minimize(loss, phase.train, phase.optimizer, phase.clip ? { clip: phase.clip } : {});
  return {
    phase: phase.name,
    scalars: { loss, ...others },
    parameters: trainableVariables(phase.train),
    gradients,
    gradNorm: globalNorm(gradients),
  };
}

function compileBody(name: string, body: StepBody, runtime: Runtime): Compiled<LoggedBody> {
  const logged: LoggedBody = (batches) => meansByPhase(body(batches));
  return compile(logged, { runtime, training: true, name });
}

/** Means of the scalars over the updates of each phase. */
function meansByPhase(updates: readonly TracedUpdate[]): Logged {
  const phases = [...new Set(updates.map((u) => u.phase))];
  const entries = phases.map((phase) => {
    const own = updates.filter((u) => u.phase === phase);
    const rows = own.map((u) => ({ ...u.scalars, [normKey]: u.gradNorm }));
    const mean = (name: string): Tensor =>
      rows
        .map((row: { readonly [name: string]: Tensor }) => row[name]!.reshape([]))
        .reduce((a, b) => a.add(b))
        .div(rows.length);
    return [phase, Object.fromEntries(Object.keys(rows[0]!).map((name) => [name, mean(name)]))] as const;
  });
  return Object.fromEntries(entries);
}
