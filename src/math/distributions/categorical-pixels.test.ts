import { afterAll, describe, expect, test } from "vitest";
import { compile, createRuntime, type Value } from "../../runtime/index.ts";
import { createStream, type Tensor } from "../../tensor/index.ts";
import { categoricalPixels } from "./categorical-pixels.ts";

const runtime = createRuntime({ device: "cpu", threads: 1, seed: 5 });
afterAll(() => runtime.dispose());

const [n, channels, levels, side] = [2, 3, 4, 5];
const logits: Value = {
  data: createStream([1, 2]).normal(new Float32Array(n * channels * levels * side)),
  shape: [n, channels * levels, side],
};
const logit = (i: number, c: number, k: number, s: number): number =>
  logits.data[((i * channels + c) * levels + k) * side + s] as number;
const grid = (k: number): number => (2 * k) / (levels - 1) - 1;

describe("categorical pixels", () => {
  test("log p is the log softmax of the channel's own logits at the value's level", async () => {
    const f = compile((l: Tensor, x: Tensor) => categoricalPixels(l, { channels, levels }).logProb(x), {
      runtime,
    });
    for (let k = 0; k < levels; k++) {
      const x = { data: new Float32Array(n * channels * side).fill(grid(k)), shape: [n, channels, side] };
      const got = await f(logits, x);
      expect(got.shape).toEqual([n, channels, side]);
      for (let i = 0, at = 0; i < n; i++)
        for (let c = 0; c < channels; c++)
          for (let s = 0; s < side; s++, at++) {
            const all = Array.from({ length: levels }, (_, j) => Math.exp(logit(i, c, j, s)));
            const total = all.reduce((a, b) => a + b);
            expect(got.data[at]).toBeCloseTo(Math.log(all[k]! / total), 5);
          }
    }
  });

  test("samples lie on the grid, and at temperature 0 are the likeliest", async () => {
    const draw = (temperature: number): Promise<Value> =>
      compile((l: Tensor) => categoricalPixels(l, { channels, levels, temperature }).sample(), {
        runtime,
        name: `draw ${temperature}`,
      })(logits);
    const drawn = await draw(1);
    const values = Array.from({ length: levels }, (_, k) => grid(k));
    for (const v of drawn.data)
      expect(Math.min(...values.map((g) => Math.abs(g - Number(v))))).toBeLessThan(1e-6);
    const { data } = await draw(0);
    for (let i = 0, at = 0; i < n; i++)
      for (let c = 0; c < channels; c++)
        for (let s = 0; s < side; s++, at++) {
          const all = values.map((_, k) => logit(i, c, k, s));
          expect(data[at]).toBeCloseTo(grid(all.indexOf(Math.max(...all))), 6);
        }
  });

  test("refuses logits of another width", () => {
    const run = compile((l: Tensor) => categoricalPixels(l, { channels: 2, levels }).sample(), { runtime });
    return expect(run(logits)).rejects.toThrow("expected 8 channels on axis 1 for 4 levels of 2 channels");
  });
});
