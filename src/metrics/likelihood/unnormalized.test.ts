import { afterAll, expect, it } from "vitest";
import { floatDataset } from "../../data/float-dataset.ts";
import { freeEnergy, type Rbm, toUnits } from "../../math/index.ts";
import { createRuntime } from "../../runtime/index.ts";
import { constant } from "../../tensor/index.ts";
import { createStream } from "../../tensor/random/index.ts";
import { rbmLogPartition, rbmLogUnnormalized } from "./rbm.ts";
import { unnormalizedLikelihood } from "./unnormalized.ts";

const runtime = createRuntime({ device: "cpu", threads: 1, seed: 4 });
afterAll(() => runtime.dispose());

const side = 4;
/** A machine of 16 pixels and as many hidden units as asked for. */
function machine(hidden: number) {
  const random = createStream([2, 9]);
  const [W, b, c] = [16 * hidden, 16, hidden].map((n) =>
    random.normal(new Float32Array(n)).map((v) => v / 2),
  ) as [Float32Array, Float32Array, Float32Array];
  const rbm = (): Rbm => ({ W: constant(W, [16, hidden]), b: constant(b, [16]), c: constant(c, [hidden]) });
  const parameters = { weights: W, visibleBias: b, hiddenBias: c };
  return {
    parameters,
    model: {
      rbm,
      logUnnormalized: (x: Parameters<typeof toUnits>[0]) => freeEnergy(rbm(), toUnits(x)).neg(),
    },
  };
}

const count = 50;
const x = createStream([6, 1])
  .uniform(new Float32Array(count * 16))
  .map((u) => (u < 0.5 ? -1 : 1));

it.each([
  [6, "enumeration", 1e-4],
  [15, "annealed importance sampling", 0.1],
] as const)("with %i hidden units, Z is found by %s", async (hidden, how, tolerance) => {
  const { parameters, model } = machine(hidden);
  const data = floatDataset({
    name: "pictures",
    kind: "image",
    shape: [1, side, side],
    values: x,
    fingerprint: "pictures",
  });
  const options = { runtime, split: "test", temperatures: 1000 };
  const { scores } = await unnormalizedLikelihood(model, data, options);
  const logZ = rbmLogPartition(parameters);
  let mean = 0;
  for (let i = 0; i < count; i++)
    mean +=
      (rbmLogUnnormalized(
        parameters,
        x.slice(16 * i, 16 * i + 16).map((v) => (v + 1) / 2),
      ) -
        logZ) /
      count;
  expect(scores[0]!.protocol.convention).toContain(how);
  expect(Math.abs(scores[0]!.value - mean)).toBeLessThan(tolerance);
});
