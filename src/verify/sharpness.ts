/** How sharp samples are, and how near a generator can come to given pictures. */
import { adam, minimize } from "../optim/index.ts";
import { read, type Tensor, type Variable } from "../tensor/index.ts";
import type { Examples } from "../train/latents.node.ts";
import type { OpenRun } from "../train/open-run.node.ts";
import type { Lab } from "./lab.node.ts";
import { laplacianEnergy } from "./latent-measures.ts";

/** Energy of the Laplacian of samples in that of real pictures. */
export async function sharpness(lab: Lab, run: OpenRun, data: string): Promise<number> {
  const real = lab.examples((await lab.data(data)).test!, 500);
  return laplacianEnergy(await lab.samples(run, 500)) / laplacianEnergy(real);
}

/** The pictures nearest to `x` that a GAN's generator makes, by 500 steps of Adam on its latent vectors from z = 0. */
export async function nearestOfGan(lab: Lab, run: OpenRun, { data, shape }: Examples): Promise<Examples> {
  const size = [shape[0]!, run.manifest.options["latent"] as number];
  const z: Variable = {
    name: "inverted/z",
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
