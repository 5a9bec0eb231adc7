/** The variational bound where log p is known. */
import { compile, createRuntime } from "../runtime/index.ts";
import type { Tensor } from "../tensor/index.ts";
import type { Finding } from "./claim.ts";
import { linearGaussian } from "./linear-gaussian.ts";

/** Largest error of the bound with the best q, and of log p = ELBO + KL(q ‖ posterior) with another, nats. */
export async function exactBounds(seed: number): Promise<Finding> {
  const at = async (shift: number, stretch: number, k: number) => {
    const runtime = createRuntime({ device: "cpu", seed });
    const toy = await linearGaussian("vae", runtime, { seed, shift, stretch });
    const f = compile((x: Tensor) => toy.model.logWeights!(x, k), { runtime, training: false });
    const { data } = await f(toy.x);
    await runtime.dispose();
    return { ...toy, weights: Array.from(data as Float32Array) };
  };
  const best = await at(0, 1, 10);
  const worse = await at(0.7, 1.4, 10_000);
  const elbo = worse.weights.reduce((a, b) => a + b, 0) / worse.weights.length;
  const exact = worse.logProb.reduce((a, b) => a + b, 0) / worse.logProb.length;
  return {
    value: Math.max(...best.weights.map((w, i) => Math.abs(w - best.logProb[i % best.logProb.length]!))),
    note: `Seed ${seed}: with another q, log p ${exact.toFixed(3)} = ELBO ${elbo.toFixed(3)} + KL ${worse.gap.toFixed(3)}.`,
  };
}
