/** How much pictures change along a path through the latent space. */
import type { Features } from "../../metrics/index.ts";
import { perceptualPathLength } from "../../metrics/perceptual-path-length.ts";
import { createSampler, type Examples } from "../latents.node.ts";
import type { Evaluation, Findings } from "./evaluation.ts";
import { withProtocol } from "./protocols.ts";

/** Paths: less than StyleGAN's 50,000, but enough for two digits. */
const samples = 2000;

export const pathLength: Evaluation = {
  title: "Smoothness",
  quiet: true,
  metrics: ["ppl"],

  unfit({ run }) {
    if (!run) return "ppl needs a model; two sets of files have no latent space.";
    const { generate, prior } = run.model;
    return generate && prior && createSampler(run).latent?.distribution === "normal"
      ? undefined
      : `${run.definition.name} has no normal latent vectors to walk between.`;
  },

  async measure(subject): Promise<Findings> {
    const sampler = createSampler(subject.run!);
    const { shape, scale } = sampler.latent!;
    const extract = async ({ data, shape: all }: Examples): Promise<Features> => {
      const features = (await subject.extract!(data, all[0]!, all)).features;
      return { data: features, count: all[0]!, dimensions: features.length / all[0]! };
    };
    const scaled = (z: Examples): Examples =>
      scale === 1 ? z : { ...z, data: z.data.map((v) => v * scale) };
    const { value, standardError } = await perceptualPathLength(
      { latentShape: shape, generate: (z: Examples) => sampler.generate(scaled(z)), extract },
      {
        samples,
        seed: subject.seed,
        onProgress: (share) => subject.progress("path length", Math.round(share * 100), 100),
      },
    );
    const about = {
      metric: "ppl",
      convention: "slerp, t uniform, ε = 1e-4, distances between the 1st and 99th percentile",
      settings: { paths: samples },
    };
    return { scores: withProtocol(subject, about, [{ name: "ppl", value, standardError, better: "lower" }]) };
  },
};
