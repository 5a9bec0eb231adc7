// @ts-check
/**
 * pix2pix (Isola et al. 2017, arXiv:1611.07004) at 128×128: a U-Net from picture to picture, 64-128-256-512-512-512-512 with
 * skips, and a 70×70 PatchGAN that sees both pictures. D minimises ½(−log D(a, b) − log(1 − D(a, G(a)))), G minimises
 * −log D(a, G(a)) + 100 |b − G(a)|₁. Batch norm, dropout in two layers of the decoder, weights N(0, 0.02²), Adam 2e-4 with β₁ 0.5.
 */
import {
  adam,
  add,
  batchNorm,
  concat,
  conv2d,
  convTranspose2d,
  discriminatorLoss,
  dropout,
  generatorLoss,
  initializers,
  l1,
  leakyRelu,
  minimize,
  mul,
  network,
  relu,
  scope,
  stopGradient,
  tanh,
} from "../imago.js";

/** @typedef {import("../imago.js").Tensor} Tensor */

const init = initializers.normal({ std: 0.02 });
const strided = { kernel: 4, stride: 2, padding: 1, init };
const halve = { ...strided, bias: false };

/**
 * The level of the U-Net that halves x to `widths[level]` channels, what is below it, and back to the size of x.
 * @param {Tensor} x @param {readonly number[]} widths @param {number} level @returns {Tensor}
 */
function upAgain(x, widths, level) {
  const bottom = widths.length - 1;
  const width = widths[level] ?? 0;
  return scope(`level${level}`, () => {
    const down = conv2d(level === 0 ? x : leakyRelu(x, 0.2), width, halve);
    if (level === bottom) return back(down, widths[level - 1] ?? 0); // 1×1: nothing to normalise over
    const here = level === 0 ? down : batchNorm(down);
    const deep = concat([here, upAgain(here, widths, level + 1)], 1);
    if (level === 0) return tanh(convTranspose2d(relu(deep), x.shape[1] ?? 0, strided));
    const up = back(deep, widths[level - 1] ?? 0);
    return level >= bottom - 2 ? dropout(up, 0.5) : up;
  });
}

/** @param {Tensor} x @param {number} channels */
const back = (x, channels) => batchNorm(convTranspose2d(relu(x), channels, halve));

/** One training step, both players in one graph, and the networks that it trains. @param {{ widths?: number[] }} [options] */
export function pix2pix({ widths = [64, 128, 256, 512, 512, 512, 512] } = {}) {
  const G = network("G", (/** @type {Tensor} */ a) => upAgain(a, widths, 0));
  const D = network("D", (/** @type {Tensor} */ a, /** @type {Tensor} */ b) => {
    let h = leakyRelu(conv2d(concat([a, b], 1), 64, strided), 0.2);
    for (const [channels, stride] of /** @type {const} */ ([
      [128, 2],
      [256, 2],
      [512, 1],
    ]))
      h = leakyRelu(batchNorm(conv2d(h, channels, { ...halve, stride })), 0.2);
    return conv2d(h, 1, { ...strided, stride: 1 });
  });
  const optimizerD = adam({ lr: 2e-4, beta1: 0.5, name: "adamD" });
  const optimizerG = adam({ lr: 2e-4, beta1: 0.5, name: "adamG" });
  const step = (/** @type {Tensor} */ a, /** @type {Tensor} */ b) => {
    const fake = G(a);
    const lossD = mul(discriminatorLoss(D(a, b), D(a, stopGradient(fake))), 0.5);
    minimize(lossD, D, optimizerD);
    const distance = l1(fake, b);
    const lossG = add(generatorLoss(D(a, fake)), mul(distance, 100));
    minimize(lossG, G, optimizerG);
    return { lossD, lossG };
  };
  return { step, networks: [G, D] };
}
