/** Runs an estimator without gradients: its iterations take the place of training steps. */
import type { FitData, FitStep, Model } from "../models/model.ts";
import type { Runtime } from "../runtime/index.ts";
import { allocate, sizeOf } from "../tensor/index.ts";
import type { StepNumbers } from "./step-numbers.ts";

export interface Fitting {
  /** Makes one iteration and stores what it gives; undefined where the estimator has come to its end. */
  next(): Promise<StepNumbers | undefined>;
}

/** Begins the estimation of a model that has `fit`. */
export function createFitting(model: Model, data: FitData, runtime: Runtime): Fitting {
  const iterations = model.fit!(data)[Symbol.asyncIterator]();
  return {
    async next() {
      const { value, done } = await iterations.next();
      if (done) return undefined;
      const { logged, variables = new Map() } = value as FitStep;
      for (const [variable, numbers] of variables) {
        const data = allocate(variable.dtype, sizeOf(variable.shape)) as Float32Array;
        data.set(numbers);
        await runtime.set(variable.name, { data, shape: [...variable.shape] });
      }
      const losses = Object.fromEntries(Object.entries(logged).map(([name, v]) => [`fit.${name}`, v]));
      return { losses, gradNorms: {} };
    },
  };
}
