// @ts-check
/**
 * PixelCNN (van den Oord et al. 2016, arXiv:1601.06759) with Bernoulli pixels: a 7×7 convolution with mask A, five 3×3
 * with mask B, one 1×1 to the logits. The loss is in nats per image.
 */
import { adam, conv2d, maskedConv2d, minimize, mul, network, relu, softplus, sub, sum } from "../imago.js";

/** @typedef {import("../imago.js").Tensor} Tensor */

/**
 * One training step, and the networks that it trains.
 * @param {{ channels?: number, layers?: number }} [options]
 */
export function pixelCnn({ channels = 64, layers = 7 } = {}) {
  const model = network("pixelcnn", (/** @type {Tensor} */ x) => {
    let h = relu(maskedConv2d(x, channels, { kernel: 7, mask: "A" }));
    for (let i = 0; i < layers - 2; i++) h = relu(maskedConv2d(h, channels, { kernel: 3, mask: "B" }));
    return conv2d(h, 1, { kernel: 1 });
  });
  const optimizer = adam({ lr: 1e-3 });
  const step = (/** @type {Tensor} */ x) => {
    const logits = model(x);
    const loss = mul(sum(sub(softplus(logits), mul(x, logits))), 1 / (x.shape[0] ?? 1));
    minimize(loss, model, optimizer);
    return { loss };
  };
  return { step, networks: [model] };
}
