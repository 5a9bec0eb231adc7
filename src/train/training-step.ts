/** A model's phases as compiled functions: one graph for the whole step where it is short enough. */
import type { HostBatch } from "../data/batches.ts";
import type { Batch, Model, Phase } from "../models/model.ts";
import { type Ema, globalNorm, minimize, trainableVariables } from "../optim/index.ts";
import { type Compiled, compile, type Runtime } from "../runtime/index.ts";
import { formatShape, Tensor, UserError, type Variable } from "../tensor/index.ts";

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

/** Numbers of one step. */
export interface StepNumbers {
  /** "D.loss", "D.D(x)": the mean over the phase's updates. */
  readonly losses: { readonly [name: string]: number };
  /** Global norm of the gradients of each phase, after clipping. */
  readonly gradNorms: { readonly [phase: string]: number };
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
  /** Minibatches that one step takes: the largest number of updates of a phase; the phases share them. */
  readonly minibatches: number;
  readonly parts: readonly StepPart[];
  /** Compiles everything for minibatches of these shapes; all variables have values then. */
  prepare(batches: readonly HostBatch[]): Promise<void>;
  /** Makes steps in a row, each on its minibatches, in one call of the device where that is possible. */
  run(steps: readonly (readonly HostBatch[])[]): Promise<StepNumbers[]>;
  /** Calls made by each function: keys of the random numbers. */
  counters(): { [name: string]: number };
  setCounters(counters: { readonly [name: string]: number }): void;
}

const updatesOf = (phase: Phase): number => phase.repeat ?? 1;
const normKey = " gradNorm"; // no scalar of a model can be named so in a formula

/** Compiles the model's step on `runtime`; `averages` follow the parameters at its end. */
export function trainingStep(model: Model, runtime: Runtime, averages?: Ema): TrainingStep {
  checkPhases(model);
  const updates = model.phases.reduce((sum, phase) => sum + updatesOf(phase), 0);
  const parts = updates <= updatesInOneGraph ? [wholeStep(model, averages)] : stepByPhase(model, averages);
  const made = new Map<StepBody, Compiled<LoggedBody>>();
  const compiled = parts.map((part): StepPart => {
    const known = made.get(part.body) ?? compileBody(part.name, part.body, runtime);
    made.set(part.body, known);
    return { ...part, compiled: known };
  });
  const names = [...made.values()].map((f) => f.stepName);
  const pick = <T>(batches: readonly T[], { batches: own }: StepPart): T[] => own.map((i) => batches[i]!);
  return {
    minibatches: Math.max(...model.phases.map(updatesOf)),
    parts: compiled,
    async prepare(batches) {
      for (const part of compiled) await part.compiled.prepareMany(pick(batches, part));
    },
    async run(steps) {
      const collected = steps.map(newNumbers);
      const only = compiled.length === 1 ? compiled[0] : undefined;
      if (only) {
        const results = await only.compiled.many(steps.map((batches) => [pick(batches, only)]));
        for (const [i, result] of results.entries()) collected[i]!.add(result);
      } else {
        for (const [i, batches] of steps.entries())
          for (const part of compiled) {
            const [result] = await part.compiled.many([[pick(batches, part)]]);
            collected[i]!.add(result!);
          }
      }
      return collected.map((numbers) => numbers.means());
    },
    counters: () => Object.fromEntries(names.map((name) => [name, runtime.steps()[name] ?? 0])),
    setCounters(counters) {
      for (const name of names) runtime.setSteps(name, counters[name] ?? 0);
    },
  };
}

type Part = Omit<StepPart, "compiled">;

/** All updates of the step in one graph. */
function wholeStep(model: Model, averages: Ema | undefined): Part {
  const body: StepBody = (batches) => {
    const updates = model.phases.flatMap((phase) =>
      Array.from({ length: updatesOf(phase) }, (_, i) => traceUpdate(phase, batches[i]!)),
    );
    averages?.update();
    return updates;
  };
  const minibatches = Math.max(...model.phases.map(updatesOf));
  return { name: "train", body, batches: Array.from({ length: minibatches }, (_, i) => i) };
}

/** One graph for each phase, called as often as it is to be repeated. */
function stepByPhase(model: Model, averages: Ema | undefined): Part[] {
  const parts = model.phases.flatMap((phase): Part[] => {
    const body: StepBody = (batches) => [traceUpdate(phase, batches[0]!)];
    return Array.from({ length: updatesOf(phase) }, (_, i) => ({
      name: `train.${phase.name}`,
      body,
      batches: [i],
    }));
  });
  if (!averages) return parts;
  const follow: StepBody = () => {
    averages.update();
    return [];
  };
  return [...parts, { name: "train.averages", body: follow, batches: [] }];
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

type LoggedValues = { readonly [phase: string]: { readonly [name: string]: { readonly data: unknown } } };

/** Collects the results of a step's calls. */
function newNumbers(): { add(results: LoggedValues): void; means(): StepNumbers } {
  const sums = new Map<string, { phase: string; name: string; sum: number; count: number }>();
  return {
    add(results) {
      for (const [phase, scalars] of Object.entries(results))
        for (const [name, { data }] of Object.entries(scalars)) {
          const key = `${phase}.${name}`;
          const entry = sums.get(key) ?? { phase, name, sum: 0, count: 0 };
          entry.sum += Number((data as ArrayLike<unknown>)[0]);
          entry.count++;
          sums.set(key, entry);
        }
    },
    means() {
      const losses: { [name: string]: number } = {};
      const gradNorms: { [phase: string]: number } = {};
      for (const [key, { phase, name, sum, count }] of sums) {
        if (name === normKey) gradNorms[phase] = sum / count;
        else losses[key] = sum / count;
      }
      return { losses, gradNorms };
    },
  };
}

function checkPhases({ phases }: Model): void {
  if (phases.length === 0) throw new UserError("The model has no phases; give it at least one to train.");
  for (const { name, repeat = 1 } of phases) {
    if (!Number.isInteger(repeat) || repeat < 1)
      throw new UserError(
        `The phase ${name} is repeated ${repeat} times, expected a whole number of at least 1.`,
      );
    if (phases.filter((phase) => phase.name === name).length > 1)
      throw new UserError(`Two phases are named ${name}; give each a name of its own.`);
  }
}

/** The first number that is not finite, in the order of the phases: its name, such as "D.loss". */
export function firstNotFinite({ losses, gradNorms }: StepNumbers): string | undefined {
  for (const [name, value] of Object.entries(losses)) if (!Number.isFinite(value)) return name;
  const phase = Object.keys(gradNorms).find((name) => !Number.isFinite(gradNorms[name]));
  return phase && `${phase}.gradNorm`;
}
