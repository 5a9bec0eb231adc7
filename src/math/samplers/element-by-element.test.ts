import { afterAll, describe, expect, test } from "vitest";
import { compile, createRuntime } from "../../runtime/index.ts";
import { constant, full, type Tensor } from "../../tensor/index.ts";
import { createSequential } from "../../train/sequential.ts";
import { logOdds } from "../log-odds.ts";
import { elementByElement } from "./element-by-element.ts";

const runtime = createRuntime({ device: "cpu", threads: 1, seed: 1 });
afterAll(() => runtime.dispose());
const n = 2000;

/** The share of ones of each of four elements, each of which is 1 with odds of 3 to 1. */
async function shares(temperature: number): Promise<number[]> {
  const sampler = elementByElement({
    ...{ shape: [1, 2, 2], order: [2, 0, 3, 1], temperature },
    begin: () => ({}),
    logit: ({ x }) => full([x.shape[0]!, 1], Math.log(3)),
  });
  const { data, shape } = await createSequential(sampler, n, { runtime, name: `t${temperature}` }).draw({
    ...{ seed: 1, portion: 0 },
  });
  expect(shape).toEqual([n, 1, 2, 2]);
  const ones = [0, 0, 0, 0];
  data.forEach((v, i) => {
    if (Number(v) > 0) ones[i % 4]!++;
  });
  return ones.map((count) => count / n);
}

describe("sampling element by element", () => {
  test.each([
    [1, 0.75],
    [0.5, 0.9],
    [0, 1],
  ])("at temperature %f gives σ(logit / temperature)", async (temperature, p) => {
    for (const share of await shares(temperature))
      expect(Math.abs(share - p)).toBeLessThanOrEqual(4.5 * Math.sqrt((p * (1 - p)) / n));
  });

  test("tells each step what is known and what came before", async () => {
    const seen: Tensor[] = [];
    const sampler = elementByElement({
      ...{ shape: [3], order: [1, 2, 0], temperature: 0 },
      begin: ({ known }) => ({ log: known }),
      logit({ known, before, at }, { log }) {
        seen.push(known, before, at, log!);
        return full([1, 1], 1);
      },
      after: ({ known, before, given }, { log }) => ({
        log: log!.mul(10).add(known).add(before.mul(2)).add(given),
      }),
    });
    const run = compile(
      () => {
        const start = { x: constant([-1, 1, -1], [1, 3]), mask: constant([0, 0, 1], [1, 3]) };
        let state = sampler.init({ n: 1, given: start });
        for (let i = 0; i < 3; i++) state = sampler.step(state, constant(Int32Array.of(i), []));
        return { log: state["log"]!, result: sampler.result(state) };
      },
      { runtime, training: false, name: "steps" },
    );
    const { log, result } = await run();
    // Element 2 is given; 1 comes first, then 2, then 0. Digits of each step: known + 2 · before + given.
    expect([...(log.data as Float32Array)]).toEqual([10, 43, 1123]);
    expect([...(result.data as Float32Array)]).toEqual([1, 1, -1]);
    expect(seen.length).toBe(12);
  });
});

test("log odds count one more of each value than there are", async () => {
  const odds = compile((x: Tensor) => logOdds(x), { runtime, training: false, name: "odds" });
  const { data } = await odds({ data: Float32Array.of(1, 0, 1, 0, 1, 1), shape: [3, 2] });
  expect([...(data as Float32Array)]).toEqual([Math.fround(Math.log(4)), expect.closeTo(Math.log(2 / 3), 6)]);
});
