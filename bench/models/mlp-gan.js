// @ts-check
/**
 * Generative adversarial network of two perceptrons (Goodfellow et al. 2014, arXiv:1406.2661), with the non-saturating
 * generator loss: D minimises −log D(x) − log(1 − D(G(z))), then G minimises −log D(G(z)) against the updated D.
 */
import {
  adam,
  dense,
  discriminatorLoss,
  generatorLoss,
  leakyRelu,
  minimize,
  network,
  normal,
  relu,
  stopGradient,
  tanh,
} from "../imago.js";

/** @typedef {import("../imago.js").Tensor} Tensor */

/**
 * One training step, both players in one graph, and the networks that it trains.
 * @param {{ latent?: number, hidden?: number[], features?: number }} [options]
 */
export function mlpGan({ latent = 100, hidden = [128], features = 784 } = {}) {
  const G = network("G", (/** @type {Tensor} */ z) =>
    tanh(
      dense(
        hidden.reduce((h, units) => relu(dense(h, units)), z),
        features,
      ),
    ),
  );
  const D = network("D", (/** @type {Tensor} */ x) =>
    dense(
      hidden.reduce((h, units) => leakyRelu(dense(h, units), 0.2), x),
      1,
    ),
  );
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
