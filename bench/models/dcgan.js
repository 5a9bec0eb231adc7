// @ts-check
/**
 * DCGAN at 64×64 (Radford et al. 2016, arXiv:1511.06434): five 4×4 convolutions each, batch norm everywhere but in G's
 * output, D's input and D's output, weights N(0, 0.02²), Adam 2e-4 with β₁ 0.5.
 */
import {
  adam,
  batchNorm,
  conv2d,
  convTranspose2d,
  discriminatorLoss,
  generatorLoss,
  initializers,
  leakyRelu,
  minimize,
  network,
  normal,
  relu,
  reshape,
  stopGradient,
  tanh,
} from "../imago.js";

/** @typedef {import("../imago.js").Tensor} Tensor */

const init = initializers.normal({ std: 0.02 });
const halve = { kernel: 4, stride: 2, padding: 1, bias: false, init };

/**
 * One training step, both players in one graph, and the networks that it trains. `bottom` is the size at the deepest layer, a
 * sixteenth of the pictures' size: with it the same layers fit pictures of other sizes.
 * @param {{ base?: number, latent?: number, bottom?: [number, number] }} [options]
 */
export function dcgan({ base = 64, latent = 100, bottom = [4, 4] } = {}) {
  const first = { kernel: bottom, bias: false, init };
  const G = network("G", (/** @type {Tensor} */ z) => {
    let h = relu(batchNorm(convTranspose2d(reshape(z, [-1, latent, 1, 1]), base * 8, first)));
    for (const factor of [4, 2, 1]) h = relu(batchNorm(convTranspose2d(h, base * factor, halve)));
    return tanh(convTranspose2d(h, 3, halve));
  });
  const D = network("D", (/** @type {Tensor} */ x) => {
    let h = leakyRelu(conv2d(x, base, halve), 0.2);
    for (const factor of [2, 4, 8]) h = leakyRelu(batchNorm(conv2d(h, base * factor, halve)), 0.2);
    return conv2d(h, 1, first);
  });
  const optimizerD = adam({ lr: 2e-4, beta1: 0.5, name: "adamD" });
  const optimizerG = adam({ lr: 2e-4, beta1: 0.5, name: "adamG" });
  const step = (/** @type {Tensor} */ x) => {
    const fake = G(normal([x.shape[0] ?? 0, latent]));
    const lossD = discriminatorLoss(D(x), D(stopGradient(fake)));
    minimize(lossD, D, optimizerD);
    const lossG = generatorLoss(D(fake));
    minimize(lossG, G, optimizerG);
    return { lossD, lossG };
  };
  return { step, networks: [G, D] };
}
