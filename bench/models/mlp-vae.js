// @ts-check
/**
 * Variational autoencoder of two perceptrons, 784-400-20-400-784 (Kingma & Welling 2014, arXiv:1312.6114), Bernoulli
 * pixels: the negative evidence lower bound in nats per example, −E[log p(x|z)] + KL(q(z|x) ‖ N(0, 1)).
 */
import {
  adam,
  add,
  dense,
  exp,
  minimize,
  mul,
  network,
  normal,
  relu,
  softplus,
  square,
  sub,
  sum,
} from "../imago.js";

/** @typedef {import("../imago.js").Tensor} Tensor */

/**
 * One training step, and the networks that it trains.
 * @param {{ latent?: number, hidden?: number, features?: number }} [options]
 */
export function mlpVae({ latent = 20, hidden = 400, features = 784 } = {}) {
  const model = network("vae", (/** @type {Tensor} */ x) => {
    const h = relu(dense(x, hidden));
    const [mu, logVariance] = [dense(h, latent), dense(h, latent)];
    const z = add(mu, mul(exp(mul(logVariance, 0.5)), normal(mu.shape)));
    return { mu, logVariance, logits: dense(relu(dense(z, hidden)), features) };
  });
  const optimizer = adam({ lr: 1e-3 });
  const step = (/** @type {Tensor} */ x) => {
    const { mu, logVariance, logits } = model(x);
    const reconstruction = sum(sub(softplus(logits), mul(x, logits)));
    const kl = mul(sum(sub(sub(add(square(mu), exp(logVariance)), logVariance), 1)), 0.5);
    const loss = mul(add(reconstruction, kl), 1 / (x.shape[0] ?? 1));
    minimize(loss, model, optimizer);
    return { loss };
  };
  return { step, networks: [model] };
}
