/** Bounds of a model stand in their order: ELBO ≤ L_K ≤ log p, with log p by quadrature over two latent variables. */
import { describe, expect, test } from "vitest";
import {
  compile,
  createRuntime,
  type ExampleSpec,
  type Model,
  minimize,
  models,
  pointSet,
  type Runtime,
  resolveOptions,
  type Tensor,
} from "../../src/index.ts";
import { annealedImportanceSampling } from "../../src/metrics/likelihood/annealed-importance-sampling.ts";
import { evidenceLowerBound } from "../../src/metrics/likelihood/elbo.ts";
import { importanceWeightedBound } from "../../src/metrics/likelihood/importance-weighted.ts";
import { logSumExp } from "../../src/metrics/likelihood/log-sum.ts";

const spec: ExampleSpec = { kind: "points", shape: [2], classes: 2 };
const data = pointSet("moons", { length: 500 });
const bounded = models
  .filter(({ data: kinds }) => kinds.includes("points"))
  .map((definition) => [definition.name, definition] as const)
  .filter(([, definition]) => {
    const { logWeights, logLikelihood } = definition.build(resolveOptions(definition, "tiny"), spec);
    return logWeights && logLikelihood;
  });

const examples = 20;
/** Places along each axis, from −5 to 5 standard deviations of the prior. */
const side = 161;

/** log p(x) = log ∫ p(x|z) N(z; 0, I) dz of the first test examples, by the trapezium rule on a grid. */
async function byQuadrature(model: Model, runtime: Runtime, x: Float32Array): Promise<number[]> {
  const step = 10 / (side - 1);
  const z = Float32Array.from({ length: 2 * side * side }, (_, at) => {
    const cell = at >> 1;
    return -5 + step * (at % 2 === 0 ? cell % side : Math.floor(cell / side));
  });
  const f = compile((one: Tensor, grid: Tensor) => model.logLikelihood!(one.tile([side * side, 1]), grid), {
    runtime,
    training: false,
  });
  const logPrior = Array.from(
    { length: side * side },
    (_, i) => -0.5 * (z[2 * i]! ** 2 + z[2 * i + 1]! ** 2) - Math.log(2 * Math.PI),
  );
  const out: number[] = [];
  for (let i = 0; i < x.length / 2; i++) {
    const { data: nats } = await f(
      { data: x.slice(2 * i, 2 * i + 2), shape: [1, 2] },
      { data: z, shape: [side * side, 2] },
    );
    out.push(
      logSumExp(Float64Array.from(logPrior, (p, cell) => p + Number(nats[cell]))) + 2 * Math.log(step),
    );
  }
  return out;
}

describe.each(bounded)("%s with two latent variables", (_, definition) => {
  test("ELBO ≤ L₅₀ ≤ L₅₀₀₀ ≤ log p, and annealing finds log p from the prior", async () => {
    const runtime = createRuntime({ device: "cpu", threads: 1, seed: 1 });
    const model = definition.build(resolveOptions(definition, "tiny"), spec);
    const [phase] = model.phases;
    const train = compile(
      (x: Tensor) => {
        const loss = phase!.loss({ x });
        return minimize(
          "loss" in loss ? (loss as { loss: Tensor }).loss : loss,
          phase!.train,
          phase!.optimizer,
        );
      },
      { runtime, training: true },
    );
    const batch = new Float32Array(2 * 500);
    data.train.read(
      Array.from({ length: 500 }, (_, i) => i),
      batch,
    );
    for (let i = 0; i < 200; i++) await train({ data: batch, shape: [500, 2] });

    const held = data.test!;
    const options = { runtime, split: "test", examples };
    const mean = (list: ArrayLike<number>): number =>
      Array.from(list).reduce((a, b) => a + b, 0) / list.length;
    // The metrics choose their examples by number alone: what they read is what is integrated here.
    const seen: number[] = [];
    const watched = {
      ...held,
      read: (indices: ArrayLike<number>, out: Float32Array) => {
        seen.push(...Array.from(indices));
        held.read(indices, out);
      },
    };
    const elbo = mean((await evidenceLowerBound(model.bound!, watched, options)).nats);
    const x = new Float32Array(2 * examples);
    held.read(seen.slice(0, examples), x);
    const exact = mean(await byQuadrature(model, runtime, x));
    const at = async (k: number) =>
      mean((await importanceWeightedBound(model.logWeights!, held, { ...options, k })).nats);
    const [few, many] = [await at(50), await at(5000)];
    const { prior, logLikelihood } = model as Required<Model>;
    const ais = mean(
      (
        await annealedImportanceSampling({ prior, logLikelihood }, held, {
          ...options,
          temperatures: 300,
          chains: 32,
        })
      ).nats,
    );
    expect(elbo).toBeLessThan(few);
    expect(few).toBeLessThan(many + 0.01);
    expect(many).toBeLessThan(exact + 0.01);
    expect(exact - many).toBeLessThan(0.1);
    expect(Math.abs(ais - exact)).toBeLessThan(0.1);
    await runtime.dispose();
  });
});
