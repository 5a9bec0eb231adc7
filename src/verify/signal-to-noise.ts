/** How much of a gradient is signal. */
import { trainableVariables } from "../optim/index.ts";
import { compile, createRuntime } from "../runtime/index.ts";
import { concat, grad, logsumexp, read, type Tensor } from "../tensor/index.ts";
import { linearGaussian } from "./linear-gaussian.ts";

/**
 * |mean|/deviation of gradients of L_k, averaged over the parameters, of the encoder and of the decoder (Rainforth et al. 2018,
 * arXiv:1802.04537: √(1/k) and √k), on probabilistic PCA whose q is near the posterior.
 */
export async function signalToNoise(
  seed: number,
  k: number,
): Promise<readonly [encoder: number, decoder: number]> {
  const repeats = 2000;
  const runtime = createRuntime({ device: "cpu", seed: seed });
  const toy = await linearGaussian("iwae", runtime, { seed: seed, count: 1, shift: 0.3, stretch: 1.1 });
  const f = compile(
    (x: Tensor) => {
      const bound = logsumexp(toy.model.logWeights!(x, k), 0).mean();
      const flat = toy.model.phases.flatMap(({ train }) => {
        const all = trainableVariables(train);
        return grad(bound, all.map(read)).map((g, i) => [all[i]!.name, g.flatten(0)] as const);
      });
      const part = (name: string): Tensor =>
        concat(flat.filter(([variable]) => variable.startsWith(name)).map(([, g]) => g));
      return [part("encoder/dense_1"), part("decoder")];
    },
    { runtime, training: false },
  );
  const draws: Float32Array[][] = [];
  for (let i = 0; i < repeats; i++) draws.push((await f(toy.x)).map(({ data }) => data as Float32Array));
  await runtime.dispose();
  return [0, 1].map((which) => {
    const size = draws[0]![which]!.length;
    let total = 0;
    for (let j = 0; j < size; j++) {
      const list = draws.map((draw) => draw[which]![j]!);
      const mean = list.reduce((a, b) => a + b, 0) / repeats;
      total += Math.abs(mean) / Math.sqrt(list.reduce((sum, v) => sum + (v - mean) ** 2, 0) / repeats);
    }
    return total / size;
  }) as unknown as readonly [number, number];
}
