import { describe, expect, it } from "vitest";
import type { Model, Phase } from "../models/model.ts";
import { sgd } from "../optim/index.ts";
import { minibatchesOfStep, minibatchOf, stagesOf } from "./stages.ts";

const phase = (name: string, rest: Partial<Phase> = {}): Phase => ({
  name,
  train: [],
  optimizer: sgd({ lr: 1 }),
  loss: ({ x }) => x.mean(),
  ...rest,
});
const model = (...phases: Phase[]): Model => ({ phases });

describe("minibatchesOfStep", () => {
  it("lets phases share their minibatches, update by update", () => {
    expect(minibatchesOfStep(model(phase("D", { repeat: 3 }), phase("G")))).toEqual([
      { update: 0 },
      { update: 1 },
      { update: 2 },
    ]);
  });

  it("gives phases that see few examples minibatches of their own, after those of all examples", () => {
    const tuning = phase("tune", { examples: 100, repeat: 2 });
    const all = minibatchesOfStep(model(tuning, phase("layer"), phase("top", { examples: 100 })));
    expect(all).toEqual([{ update: 0 }, { update: 0, examples: 100 }, { update: 1, examples: 100 }]);
    expect(minibatchOf(all, phase("layer"), 0)).toBe(0);
    expect(minibatchOf(all, tuning, 1)).toBe(2);
  });

  it("has one of all examples even where no phase sees it, for data-dependent initialisation", () => {
    expect(minibatchesOfStep(model(phase("tune", { examples: 10 })))).toEqual([
      { update: 0 },
      { update: 0, examples: 10 },
    ]);
  });
});

describe("stagesOf", () => {
  it("refuses a phase that sees no examples", () => {
    expect(() => stagesOf(model(phase("tune", { examples: 0 })), 10)).toThrow(
      "The phase tune sees 0 examples, expected a whole number of at least 1; leave it out for all.",
    );
  });
});
