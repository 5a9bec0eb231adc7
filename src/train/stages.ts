/** Which phases of a model are active when. */
import type { Model, Phase } from "../models/model.ts";
import { UserError } from "../tensor/index.ts";

/** Updates of a phase in one step. */
export const updatesOf = (phase: Phase): number => phase.repeat ?? 1;

/** One minibatch of a step: that of the phases' update of this number. */
export interface Minibatch {
  readonly update: number;
  /** Drawn from so many of the training examples. Default: from all. */
  readonly examples?: number;
}

/**
 * The minibatches that one step takes: as many as the largest number of a phase's updates, which the phases share. Those of all
 * examples come first, and there is at least one; phases that see so many examples only have their own.
 */
export function minibatchesOfStep({ phases }: Model): readonly Minibatch[] {
  const groups = [undefined, ...new Set(phases.flatMap(({ examples }) => examples ?? []))];
  return groups.flatMap((examples) => {
    const updates = phases.filter((phase) => phase.examples === examples).map(updatesOf);
    const count = Math.max(examples === undefined ? 1 : 0, ...updates);
    return Array.from({ length: count }, (_, update) => ({
      update,
      ...(examples !== undefined && { examples }),
    }));
  });
}

/** Where the minibatch of a phase's update stands among those of the step. */
export const minibatchOf = (all: readonly Minibatch[], { examples }: Phase, update: number): number =>
  all.findIndex((minibatch) => minibatch.examples === examples && minibatch.update === update);

/** The phases that are active together, up to step `to`. */
export interface Stage {
  readonly name: string; // of its functions
  readonly to: number;
  readonly phases: readonly Phase[];
}

/**
 * Stages in their order: they change where a phase begins or ends. None for a model that is fitted without phases. Throws
 * (UserError) where the phases do not fit together, or the number of steps is not known and stages are shares of it.
 */
export function stagesOf(model: Model, end: number | undefined): Stage[] {
  checkPhases(model);
  const { phases } = model;
  if (phases.length === 0) return [];
  const shares = [...new Set(phases.flatMap(({ during }) => during ?? []).concat(0, 1))].sort(
    (a, b) => a - b,
  );
  if (shares.length === 2) return [{ name: "train", to: Number.POSITIVE_INFINITY, phases }];
  if (end === undefined) {
    throw new UserError(
      "The model is trained in stages, which are shares of all steps; say how many there are by steps or epochs, not by minutes alone.",
    );
  }
  return shares.slice(1).map((to, i) => ({
    name: `train.stage${i + 1}`,
    to: Math.round(to * end),
    phases: phases.filter(({ during: [from, until] = [0, 1] }) => from <= shares[i]! && to <= until),
  }));
}

function checkPhases({ phases, fit }: Model): void {
  if (phases.length > 0 && fit) {
    throw new UserError("The model has phases and fit; give it one or the other.");
  }
  if (phases.length === 0 && !fit)
    throw new UserError("The model has no phases; give it at least one to train.");
  for (const { name, repeat = 1, during: [from, to] = [0, 1], examples = 1 } of phases) {
    if (!Number.isInteger(examples) || examples < 1)
      throw new UserError(
        `The phase ${name} sees ${examples} examples, expected a whole number of at least 1; leave it out for all.`,
      );
    if (!(from >= 0 && from < to && to <= 1))
      throw new UserError(
        `The phase ${name} is active during [${from}, ${to}], expected two shares of the run, 0 ≤ from < to ≤ 1.`,
      );
    if (!Number.isInteger(repeat) || repeat < 1)
      throw new UserError(
        `The phase ${name} is repeated ${repeat} times, expected a whole number of at least 1.`,
      );
    if (phases.filter((phase) => phase.name === name).length > 1)
      throw new UserError(`Two phases are named ${name}; give each a name of its own.`);
  }
}
