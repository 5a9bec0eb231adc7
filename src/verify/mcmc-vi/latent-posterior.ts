/** The posterior of the two latent variables of a trained VAE, exact on a grid. */
import { gridDensity, perExample, standardNormal } from "../../math/index.ts";
import type { Value } from "../../runtime/index.ts";
import { constant, expand } from "../../tensor/index.ts";
import type { Finding } from "../claim.ts";
import type { Lab } from "../lab.node.ts";
import { fitGaussian } from "./inference.ts";
import type { LogDensity } from "./posteriors.ts";

const cells = 400;
const side = { low: -5, high: 5, cells };
/** Where `gridDensity` looks, in its order. */
const grid = (): Value => {
  const place = (i: number): number => -5 + (10 * (i + 0.5)) / cells;
  const data = new Float32Array(2 * cells * cells);
  for (let i = 0; i < cells * cells; i++) data.set([place(Math.floor(i / cells)), place(i % cells)], 2 * i);
  return { data, shape: [cells * cells, 2] };
};

/** The posterior of a VAE's two latent variables: log p(x) − ELBO against KL(q ‖ p(z|x)), all by sums over a grid. */
export async function posterior(lab: Lab): Promise<Finding> {
  const run = await lab.train("vae", {
    data: "moons",
    steps: 1500,
    batch: 128,
    options: { latent: 2, hidden: [32] },
  });
  const there = { ...lab, runtime: run.runtime };
  const { data: x } = lab.examples((await lab.data("moons")).train, 1);
  const joint: LogDensity = (z) =>
    run.withAverages(() => {
      const same = expand(constant(x as Float32Array, [1, 2]), z.shape);
      return run.model.logLikelihood!(same, z).add(perExample(standardNormal([2]).logProb(z)));
    });
  const plan = { dimensions: 2, family: "mean-field", steps: 1500, draws: 32, lr: 0.03 } as const;
  const q = await fitGaussian(there, joint, { name: "posterior", ...plan });
  const { data: logJoint } = await lab.compile(run, "joint", joint)(grid());
  let next = 0;
  const p = gridDensity(() => Number(logJoint[next++]), [side, side]);
  const logEvidence = Math.log(p.mass);
  const own = gridDensity(
    (z) => z.reduce((sum, v, j) => sum - 0.5 * ((v - q.mean[j]!) / q.std[j]!) ** 2, 0),
    [side, side],
  );
  const under = (f: (i: number) => number): number =>
    own.logDensities.reduce((sum, log, i) => sum + Math.exp(log) * own.volume * f(i), 0);
  const kl = under((i) => own.logDensities[i]! - p.logDensities[i]!);
  // The ELBO from its own formula: the expected joint on the grid, the entropy of q in closed form.
  const entropy = q.std.reduce((sum, s) => sum + Math.log(s), 1 + Math.log(2 * Math.PI));
  const elbo = under((i) => Number(logJoint[i])) + entropy;
  const gap = logEvidence - elbo;
  const note = `Seed ${lab.seed}: log p(x) ${logEvidence.toFixed(4)}, ELBO ${elbo.toFixed(4)}, KL ${kl.toFixed(4)} nats.`;
  return { value: Math.abs(gap - kl), baseline: { name: "the gap itself", value: gap }, note };
}
