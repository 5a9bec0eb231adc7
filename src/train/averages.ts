import type { Model } from "../models/model.ts";
import { type Ema, ema, type Trainable, targetsOf } from "../optim/index.ts";
import type { Variable } from "../tensor/index.ts";

/**
 * Moving averages of everything that the model's phases train, each network once. They forget quickly at
 * first (min(β, (1 + t)/(10 + t))), so that a short run samples from what it learned and not from where it
 * began.
 */
export function averagesOf(model: Model, decay: number): Ema {
  const targets = new Set<Trainable | Variable>(model.phases.flatMap((phase) => [...targetsOf(phase.train)]));
  return ema([...targets], { decay, warmup: true });
}
