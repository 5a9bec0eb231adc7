/** The posterior of the two latent variables of a trained VAE, exact on a grid. */
import { gridDensity } from "../../math/index.ts";
import type { Value } from "../../runtime/index.ts";
import { expand, type Tensor } from "../../tensor/index.ts";
import type { Finding } from "../claim.ts";
import type { Lab } from "../lab.node.ts";

const cells = 400;
const side = { low: -5, high: 5, cells };
/** Where `gridDensity` looks, in its order. */
const grid = (): Value => {
  const place = (i: number): number => -5 + (10 * (i + 0.5)) / cells;
  const data = new Float32Array(2 * cells * cells);
  for (let i = 0; i < cells * cells; i++) data.set([place(Math.floor(i / cells)), place(i % cells)], 2 * i);
  return { data, shape: [cells * cells, 2] };
};

/** Draws that estimate the bound as training does. */
const draws = 100_000;

/**
 * The posterior of a VAE's two latent variables: log p(x) − ELBO against KL(q ‖ p(z|x)) with the encoder's q, by sums over a grid.
 * The ELBO is formula (10) of the paper, with the divergence from the prior in closed form.
 */
export async function posterior(lab: Lab): Promise<Finding> {
  const run = await lab.train("vae", {
    data: "moons",
    steps: 1500,
    batch: 128,
    options: { latent: 2, hidden: [32] },
  });
  const x = lab.examples((await lab.data("moons")).train, 1);
  const [encoder] = run.model.phases[0]!.train as unknown as readonly [Encoder];
  const q = await lab.compile(run, "posterior", (v: Tensor) => encoder(v))(x);
  const [mean, variance] = [numbers(q.mu), numbers(q.logSigma2).map(Math.exp)];
  const likelihood = lab.compile(run, "likelihood", (v: Tensor, z: Tensor) =>
    run.model.logLikelihood!(expand(v, z.shape), z),
  );
  const points = grid();
  const log = numbers(await likelihood(x, points));
  const prior = (z: ArrayLike<number>): number => -0.5 * (z[0]! ** 2 + z[1]! ** 2) - Math.log(2 * Math.PI);
  let next = 0;
  const p = gridDensity((z) => log[next++]! + prior(z), [side, side]);
  const logEvidence = Math.log(p.mass);
  const own = gridDensity(
    (z) => z.reduce((sum, v, j) => sum - (v - mean[j]!) ** 2 / (2 * variance[j]!), 0),
    [side, side],
  );
  const under = (f: (i: number) => number): number =>
    own.logDensities.reduce((sum, log, i) => sum + Math.exp(log) * own.volume * f(i), 0);
  const kl = under((i) => own.logDensities[i]! - p.logDensities[i]!);
  const fromPrior = mean.reduce(
    (sum, m, j) => sum + 0.5 * (m ** 2 + variance[j]! - 1 - Math.log(variance[j]!)),
    0,
  );
  const gap = logEvidence - (under((i) => log[i]!) - fromPrior);
  const drawn = lab.compile(run, "bound", (v: Tensor) => run.model.bound!(expand(v, [draws, 2])).mean());
  const note = `Seed ${lab.seed}: log p(x) ${logEvidence.toFixed(4)}, ELBO ${(logEvidence - gap).toFixed(4)} (by ${draws} draws ${Number((await drawn(x)).data[0]).toFixed(3)}), KL ${kl.toFixed(4)} nats.`;
  return { value: Math.abs(gap - kl), baseline: { name: "the gap itself", value: gap }, note };
}

type Encoder = (x: Tensor) => { readonly mu: Tensor; readonly logSigma2: Tensor };

const numbers = ({ data }: Value): Float64Array => Float64Array.from(data as Float32Array);
