/**
 * Gaussian mixture model by expectation–maximisation. Dempster, Laird & Rubin 1977, "Maximum likelihood from incomplete data via
 * the EM algorithm", doi:10.1111/j.2517-6161.1977.tb01600.x.
 *
 *   p(x) = Σₖ πₖ N(x; μₖ, Σₖ)
 *   E   rᵢₖ = πₖ N(xᵢ; μₖ, Σₖ) / Σⱼ πⱼ N(xᵢ; μⱼ, Σⱼ)                                    responsibilities
 *   M   nₖ = Σᵢ rᵢₖ,  πₖ = nₖ/n,  μₖ = 1/nₖ Σᵢ rᵢₖ xᵢ,  Σₖ = 1/nₖ Σᵢ rᵢₖ (xᵢ − μₖ)(xᵢ − μₖ)ᵀ
 *   log p(x₁ … xₙ) never falls
 *   BIC = −2 log p(x₁ … xₙ) + (number of parameters) log n                              (Schwarz 1978)
 *
 * With `byClass` every class has a mixture of its own: p(x|y), and p(y|x) = p(x|y) p(y) / Σ p(x|y′) p(y′) classifies. One component
 * with a diagonal covariance in each class is Gaussian naive Bayes.
 */
import { z as schema } from "zod";
import {
  chooseComponents,
  type GaussianMixture,
  gaussianMixtureSteps,
  mixtureOfFullGaussians,
  mixtureOfGaussians,
  rowsByClass,
} from "../../math/index.ts";
import { estimate } from "../../nn/index.ts";
import { flatten, oneHot, read, sizeOf, type Tensor, UserError } from "../../tensor/index.ts";
import { defineModel } from "../model.ts";

/** log π of a component that is not there. */
const absent = -1e9;

export const gmm = defineModel({
  name: "gmm",
  title: "Gaussian mixture model",
  family: "classical",
  paper: "doi:10.1111/j.2517-6161.1977.tb01600.x",
  data: ["image", "points"],
  pictures: { largest: 64 },
  options: schema.object({
    components: schema.int().positive().default(12).describe("K, of each class where there is one for each"),
    choose: schema.boolean().default(false).describe("take as many of them as BIC finds best"),
    covariance: schema
      .enum(["full", "diagonal"])
      .optional()
      .describe("Σₖ (full up to 100 dimensions, diagonal beyond)"),
    smallest: schema
      .number()
      .positive()
      .optional()
      .describe("least standard deviation in any direction (0.001 for points, 0.02 for pictures)"),
    byClass: schema.boolean().default(false).describe("a mixture for each class"),
  }),
  training: { batch: 128, steps: 100 },
  presets: { tiny: { options: { components: 3 }, training: { batch: 128, steps: 5 } } },

  build({ components, choose, byClass, ...options }, { kind, shape, classes = 0 }) {
    const d = sizeOf(shape);
    const { covariance = d > 100 ? "diagonal" : "full", smallest = kind === "image" ? 0.02 : 1e-3 } = options;
    if (byClass && classes < 2)
      throw new UserError("gmm: byClass needs data with labels of at least two classes; leave it out.");
    const groups = byClass ? classes : 1;
    const K = groups * components;
    const matrix = covariance === "full" ? [K, d, d] : [K, d];
    const [means, logWeights] = [estimate("gmm/means", [K, d]), estimate("gmm/log-weights", [K])];
    const [whitening, coloring] = [
      estimate("gmm/whitening", matrix, { first: 1 }),
      estimate("gmm/coloring", matrix, { first: 1 }),
    ];

    const mixture = (logits = read(logWeights)) => {
      const [mean, std] = [read(means), read(coloring)];
      return covariance === "diagonal"
        ? mixtureOfGaussians({ logits, mean, std })
        : mixtureOfFullGaussians({ logits, mean, whitening: read(whitening), coloring: std });
    };
    /** log π of the components of each example's class, the others absent: [n, K]. */
    const ofClass = (y: Tensor): Tensor => {
      const own = oneHot(y, groups).unsqueeze(-1).tile([1, 1, components]).reshape([-1, K]);
      return read(logWeights).add(own.sub(1).mul(-absent));
    };
    const byGroup = (x: Tensor): Tensor => x.reshape([-1, groups, components]).logsumexp(-1);
    const joint = (x: Tensor): Tensor => mixture().joint(flatten(x)); // log πₖ N(x; μₖ, Σₖ), [N, K]
    const encode = (x: Tensor): Tensor => joint(x).softmax(-1); // responsibilities
    const example = (x: Tensor): Tensor => {
      const shaped = x.reshape([-1, ...shape]);
      return kind === "image" ? shaped.clip(-1, 1) : shaped;
    };
    const decode = (r: Tensor): Tensor => example(r.matmul(read(means)));

    /** Mixtures of the groups in their places; a component that is not there has the weight 0. */
    const variablesOf = (fits: readonly GaussianMixture[], shares: readonly number[]) => {
      const table = (part: (fit: GaussianMixture, g: number) => Float64Array, size: number, rest = 1) => {
        const out = new Float64Array(K * size).fill(rest);
        fits.forEach((fit, g) => void out.set(part(fit, g), g * components * size));
        return out;
      };
      const size = covariance === "full" ? d * d : d;
      return new Map([
        [logWeights, table((fit, g) => fit.weights.map((w) => Math.log(w * shares[g]!)), 1, absent)],
        [means, table((fit) => fit.means, d)],
        [whitening, table((fit) => fit.whitening, size)],
        [coloring, table((fit) => fit.coloring, size)],
      ]);
    };

    return {
      phases: [],
      async *fit({ x, y, iterations = 100, seed, count, dimensions }) {
        const all = { data: x, count, dimensions };
        const rows = byClass ? rowsByClass(all, y!, classes) : [all];
        const settings = { covariance, smallest, seed, iterations };
        const steps = rows.map((own) => {
          const most = Math.min(components, own.count);
          const number = choose ? chooseComponents(own, most, settings) : most;
          return gaussianMixtureSteps(own, { ...settings, components: number });
        });
        const shares = rows.map((own) => own.count / count);
        const fits: GaussianMixture[] = [];
        for (;;) {
          const next = steps.map((step) => step.next().value);
          if (next.every((fit) => !fit)) return;
          next.forEach((fit, g) => {
            if (fit) fits[g] = fit;
          });
          const logLikelihood = fits.reduce((sum, fit, g) => sum + shares[g]! * fit.logLikelihood, 0);
          yield { logged: { "log-likelihood": logLikelihood }, variables: variablesOf(fits, shares) };
        }
      },
      sample: (n, y) => example(y && byClass ? mixture(ofClass(y)).sample() : mixture().sample([n])),
      encode,
      decode,
      reconstruct: (x) => decode(encode(x)),
      likelihood: "density",
      logProb(x, y) {
        if (!y || !byClass) return joint(x).logsumexp(-1).sub(read(logWeights).logsumexp(-1));
        const ofClasses = byGroup(joint(x)).sub(byGroup(read(logWeights))); // log p(x|y)
        return ofClasses.mul(oneHot(y, groups)).sum(-1);
      },
      ...(byClass && { conditional: true, classify: (x: Tensor) => byGroup(joint(x)) }), // log p(x, y)
    };
  },
});
