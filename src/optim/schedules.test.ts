import { afterAll, describe, expect, it } from "vitest";
import { compile, createRuntime } from "../runtime/index.ts";
import { add, type Tensor } from "../tensor/index.ts";
import {
  constantRate,
  cosineDecay,
  exponentialDecay,
  linearDecay,
  multistepDecay,
  polynomialDecay,
  type Schedule,
  stepDecay,
  warmup,
} from "./schedules.ts";

const runtime = createRuntime({ device: "cpu" });
afterAll(() => runtime.dispose());

async function at(schedule: Schedule, times: number[]): Promise<number[]> {
  const f = compile((t: Tensor) => add(t, add(schedule(t), 0)).sub(t), { runtime });
  const values = [];
  for (const t of times) values.push(Number((await f(t)).data[0]));
  return values;
}

const cases: [string, Schedule, [t: number, rate: number][]][] = [
  [
    "constant",
    constantRate(0.5),
    [
      [0, 0.5],
      [9, 0.5],
    ],
  ],
  [
    "linear",
    linearDecay(1, 4, { end: 0.5 }),
    [
      [0, 1],
      [2, 0.75],
      [4, 0.5],
      [99, 0.5],
    ],
  ],
  [
    "linear, held",
    linearDecay(1, 4, { hold: 10 }),
    [
      [0, 1],
      [10, 1],
      [12, 0.5],
      [14, 0],
      [20, 0],
    ],
  ],
  [
    "polynomial",
    polynomialDecay(1, 4, { power: 2 }),
    [
      [0, 1],
      [2, 0.25],
      [4, 0],
    ],
  ],
  [
    "cosine",
    cosineDecay(1, 4),
    [
      [0, 1],
      [1, (1 + Math.SQRT1_2) / 2],
      [2, 0.5],
      [4, 0],
      [8, 0],
    ],
  ],
  [
    "exponential",
    exponentialDecay(1, 0.5),
    [
      [0, 1],
      [1, 0.5],
      [3, 0.125],
    ],
  ],
  [
    "step",
    stepDecay(1, 3, 0.5),
    [
      [0, 1],
      [2, 1],
      [3, 0.5],
      [5, 0.5],
      [6, 0.25],
      [300, 0.5 ** 100],
    ],
  ],
  [
    "multistep",
    multistepDecay(1, [2, 5], 0.5),
    [
      [0, 1],
      [1, 1],
      [2, 0.5],
      [4, 0.5],
      [5, 0.25],
    ],
  ],
  [
    "warmup",
    warmup(4, 1),
    [
      [0, 0.25],
      [2, 0.75],
      [3, 1],
      [9, 1],
    ],
  ],
  [
    "warmup, then linear",
    warmup(2, linearDecay(1, 4)),
    [
      [0, 0.5],
      [1, 1],
      [2, 1],
      [4, 0.5],
      [6, 0],
    ],
  ],
];

describe("learning-rate schedules", () => {
  it.each(cases)("%s", async (_, schedule, points) => {
    const got = await at(
      schedule,
      points.map(([t]) => t),
    );
    points.forEach(([t, rate], i) => {
      expect(Math.abs(got[i]! - rate), `at ${t}: ${got[i]}`).toBeLessThan(1e-6);
    });
  });

  it("refuse impossible options", () => {
    expect(() => cosineDecay(1, 0)).toThrow(
      "cosineDecay: the number of updates is 0, expected a positive number.",
    );
    expect(() => exponentialDecay(1, 0)).toThrow("gamma is 0");
  });
});
