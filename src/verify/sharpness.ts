/** How sharp samples are, and how near a generator can come to given pictures. */
import { adam, minimize } from "../optim/index.ts";
import { read, type Tensor, type Variable } from "../tensor/index.ts";
import type { Examples } from "../train/latents.node.ts";
import type { OpenRun } from "../train/open-run.node.ts";
import type { Finding } from "./claim.ts";
import type { Lab, TrainingPlan } from "./lab.node.ts";
import { decibelsOf, laplacianEnergy, reconstructions } from "./latent-measures.ts";

/** Energy of the Laplacian of samples in that of real pictures. */
export async function sharpness(lab: Lab, run: OpenRun, data: string): Promise<number> {
  const real = lab.examples((await lab.data(data)).test!, 500);
  return laplacianEnergy(await lab.samples(run, 500)) / laplacianEnergy(real);
}

/** The pictures nearest to `x` that a GAN's generator makes, by 500 steps of Adam on its latent vectors from z = 0. */
export async function nearestOfGan(lab: Lab, run: OpenRun, { data, shape }: Examples): Promise<Examples> {
  const size = [shape[0]!, run.manifest.options["latent"] as number];
  const z: Variable = {
    name: `${run.runtime.internals.register("inverted")}/z`, // every inversion begins at 0
    ...{ shape: size, dtype: "float32", trainable: true },
    init: () => new Float32Array(size[0]! * size[1]!),
  };
  const step = lab.compile(run, "invert", (target: Tensor) => {
    const loss = run.model.generate!(read(z)).sub(target).square().sum();
    minimize(loss, [z], adam({ lr: 0.05 }));
    return loss;
  });
  for (let i = 0; i < 500; i++) await step({ data, shape });
  const made = await lab.compile(run, "inverted", () => run.model.generate!(read(z)))();
  return { data: made.data as Float32Array, shape };
}

/** The claim that a VAE's samples are blurred. */
export const blur =
  (plan: TrainingPlan) =>
  async (lab: Lab): Promise<Finding> => ({
    value: await sharpness(lab, await lab.train("vae", plan), plan.data),
    baseline: { name: "real pictures", value: 1 },
  });

/** The claim that a DCGAN's samples are sharp; in the note, how near both come to test pictures. */
export const sharpDcgan =
  (vaePlan: TrainingPlan, ganPlan: TrainingPlan) =>
  async (lab: Lab): Promise<Finding> => {
    const { data } = vaePlan;
    const [vae, dcgan] = [await lab.train("vae", vaePlan), await lab.train("dcgan", ganPlan)];
    const x = lab.examples((await lab.data(data)).test!, 32);
    const { own, inverted } = await decibelsOfBoth(lab, { vae, gan: dcgan, x });
    return {
      value: await sharpness(lab, dcgan, data),
      baseline: { name: "the VAE", value: await sharpness(lab, vae, data) },
      note: `Seed ${lab.seed}: of 32 test pictures the VAE's reconstructions have ${own.toFixed(1)} dB, the DCGAN's nearest ${inverted.toFixed(1)}.`,
    };
  };

/** Decibels of a VAE's reconstructions, beside a GAN's nearest pictures, found by descent on z. */
async function decibelsOfBoth(
  lab: Lab,
  { vae, gan, x }: { readonly vae: OpenRun; readonly gan: OpenRun; readonly x: Examples },
): Promise<{ readonly own: number; readonly inverted: number }> {
  return {
    own: decibelsOf(x, await reconstructions(lab, vae, x)),
    inverted: decibelsOf(x, await nearestOfGan(lab, gan, x)),
  };
}

/** The claim that a VAE reconstructs better than a GAN can be inverted. */
export const decibels =
  (vaePlan: TrainingPlan, gan: { readonly model: "gan" | "dcgan"; readonly plan: TrainingPlan }) =>
  async (lab: Lab): Promise<Finding> => {
    const x = lab.examples((await lab.data(vaePlan.data)).test!, 100);
    const runs = { gan: await lab.train(gan.model, gan.plan), vae: await lab.train("vae", vaePlan) };
    const { own, inverted } = await decibelsOfBoth(lab, { ...runs, x });
    return { value: own, atLeast: inverted, baseline: { name: "inversion of the GAN", value: inverted } };
  };
