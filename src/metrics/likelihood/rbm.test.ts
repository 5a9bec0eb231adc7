import { afterAll, describe, expect, it } from "vitest";
import { createRuntime } from "../../runtime/index.ts";
import { createStream, deriveKey } from "../../tensor/random/index.ts";
import { type RbmParameters, rbmLogPartition, rbmLogUnnormalized } from "./rbm.ts";
import { rbmAis } from "./rbm-ais.ts";

const runtime = createRuntime({ device: "cpu", threads: 1, seed: 4 });
afterAll(() => runtime.dispose());

function randomRbm(visible: number, hidden: number, scale: number): RbmParameters {
  const stream = createStream(deriveKey("rbm", visible, hidden));
  const draw = (n: number, by: number): Float32Array => stream.normal(new Float32Array(n)).map((v) => by * v);
  return {
    weights: draw(visible * hidden, scale),
    visibleBias: draw(visible, 0.5),
    hiddenBias: draw(hidden, 0.5),
  };
}

const states = (n: number): number[][] =>
  Array.from({ length: 2 ** n }, (_, s) => Array.from({ length: n }, (_, i) => (s >> i) & 1));

describe("rbmLogPartition", () => {
  it("is the sum over all states of both sides", () => {
    const rbm = randomRbm(4, 3, 1);
    let z = 0;
    for (const v of states(4)) {
      for (const h of states(3)) {
        const energy = v.reduce(
          (sum, vi, i) =>
            sum + vi * (rbm.visibleBias[i]! + h.reduce((s, hj, j) => s + hj * rbm.weights[i * 3 + j]!, 0)),
          h.reduce((s, hj, j) => s + hj * rbm.hiddenBias[j]!, 0),
        );
        z += Math.exp(energy);
      }
    }
    expect(rbmLogPartition(rbm)).toBeCloseTo(Math.log(z), 10);
  });

  it.each([
    [10, 6],
    [6, 10],
  ])(
    "makes the probabilities of %i visible units sum to one, whichever side is smaller",
    (visible, hidden) => {
      const rbm = randomRbm(visible, hidden, 0.7);
      const logZ = rbmLogPartition(rbm);
      const total = states(visible).reduce((sum, v) => sum + Math.exp(rbmLogUnnormalized(rbm, v) - logZ), 0);
      expect(total).toBeCloseTo(1, 10);
    },
  );

  it("says when there are too many states, and when the shapes do not fit", () => {
    expect(() => rbmLogPartition(randomRbm(21, 21, 1))).toThrow("at most 20 units");
    expect(() => rbmLogPartition({ ...randomRbm(3, 2, 1), hiddenBias: [0] })).toThrow(
      "given 6 weights; expected 3",
    );
    expect(() => rbmLogPartition({ weights: [Number.NaN], visibleBias: [0], hiddenBias: [0] })).toThrow(
      "NaN",
    );
  });
});

describe("rbmAis", () => {
  it("is exact without any weights: the path has nothing to cross but the biases", async () => {
    const rbm = { ...randomRbm(12, 5, 0), hiddenBias: new Float32Array(5) };
    const { logZ, effectiveChains } = await rbmAis(rbm, {
      runtime,
      temperatures: 40,
      chains: 20,
      baseBias: rbm.visibleBias,
    });
    expect(logZ).toBeCloseTo(rbmLogPartition(rbm), 4);
    expect(effectiveChains).toBeCloseTo(20, 3);
  });

  it.each([
    [16, 8, 0.5],
    [20, 20, 0.5],
    [100, 16, 0.3],
  ])(
    "comes within 0.1 nat of the sum over all states: %i visible, %i hidden, weights %f",
    async (visible, hidden, scale) => {
      const rbm = randomRbm(visible, hidden, scale);
      const { logZ, interval } = await rbmAis(rbm, {
        runtime,
        temperatures: 2000,
      });
      const exact = rbmLogPartition(rbm);
      expect(Math.abs(logZ - exact)).toBeLessThan(0.1);
      expect(exact).toBeGreaterThan(interval[0]);
      expect(exact).toBeLessThan(interval[1]);
    },
  );

  it("a number of temperatures that does not fill the last call changes nothing but the path", async () => {
    const rbm = randomRbm(16, 8, 0.5);
    const { logZ, standardError } = await rbmAis(rbm, { runtime, temperatures: 333 });
    expect(Math.abs(logZ - rbmLogPartition(rbm))).toBeLessThan(4 * standardError);
  });

  it("asks for a base bias of every visible unit", () =>
    expect(rbmAis(randomRbm(3, 2, 1), { runtime, baseBias: [0] })).rejects.toThrow("1 base biases for 3"));
});
