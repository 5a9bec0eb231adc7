import {
  add,
  assign,
  currentTrace,
  div,
  minimum,
  mul,
  read,
  sub,
  type Tensor,
  UserError,
  type Variable,
} from "../tensor/index.ts";
import { type Target, targetsOf, trainableVariables } from "./minimize.ts";
import { networksOf, stateVariable } from "./optimizer.ts";

export type EmaOptions = {
  /** β: the share of the average that each update keeps. Typical: 0.999. */
  decay: number;
  /** Use min(β, (1 + t)/(10 + t)) at update t = 0, 1, …: short memory at first. Default false. */
  warmup?: boolean;
  /** First part of the names of its state. Default "ema". */
  name?: string;
};

/** A moving average of the parameters of a network, kept beside them. */
export interface Ema {
  /** Averages the present values in; call it after the optimiser's step. */
  update(): void;
  /** The variable that holds the average of `parameter`, or undefined where it is not averaged. */
  average(parameter: Variable): Variable | undefined;
}

/**
 * Exponential moving average of parameters (Polyak averaging): θ̄ ← βθ̄ + (1−β)θ. The averages start as the parameters
 * start. State that is not trained by gradient (running statistics) is not averaged. The state of `G/dense_1/weight`
 * is `ema/G/dense_1/weight`.
 */
export function ema(target: Target, { decay, warmup = false, name = "ema" }: EmaOptions): Ema {
  if (!(decay >= 0 && decay < 1)) throw new UserError(`ema: decay is ${decay}, expected 0 ≤ decay < 1.`);
  const averages = new Map<Variable, Variable>();
  const averageOf = (v: Variable): Variable => {
    const known = averages.get(v) ?? {
      ...v,
      name: `${name}/${v.name}`,
      trainable: false,
      initAs: v.initAs ?? v.name,
    };
    averages.set(v, known);
    return known;
  };
  let counter: Variable | undefined;
  return {
    update() {
      const parameters = trainableVariables(target);
      if (parameters.length === 0) {
        throw new UserError(
          "ema: there is no parameter to average; call the network once before ema.update().",
        );
      }
      counter ??= warmup ? stateVariable(`${name}/${networksOf(parameters)}/updates`, []) : undefined;
      const beta = counter ? warmedDecay(counter, decay) : decay;
      for (const v of parameters) {
        const [average, theta] = [read(averageOf(v)), read(v)];
        // One multiplication less than βθ̄ + (1−β)θ, and exact where both are equal.
        assign(averageOf(v), add(theta, mul(sub(average, theta), beta)));
      }
    },
    average: (v) => (v.trainable && owns(target, v) ? averageOf(v) : undefined),
  };
}

/** By name, because a network has no variables yet while its first call reads them. */
function owns(target: Target, v: Variable): boolean {
  return targetsOf(target).some((x) => ("variables" in x ? v.name.startsWith(`${x.name}/`) : x === v));
}

function warmedDecay(counter: Variable, decay: number): Tensor {
  const t = read(counter);
  assign(counter, add(t, 1));
  return minimum(div(add(t, 1), add(t, 10)), decay);
}

/**
 * Runs `body` with every averaged parameter read as its average – `useAverages(averages, () => G(z))` – and as itself
 * again afterwards.
 */
export function useAverages<T>(averages: Ema, body: () => T): T {
  const { substitutes } = currentTrace("useAverages");
  substitutes.push((variable) => {
    const average = averages.average(variable);
    return average && read(average);
  });
  try {
    return body();
  } finally {
    substitutes.pop();
  }
}
