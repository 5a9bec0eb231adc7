// @ts-check
/** Whole training steps: forward, backward, optimiser, with the batch fed in every time as training does. */
import { compile } from "../imago.js";
import { dcgan } from "../models/dcgan.js";
import { mlpGan } from "../models/mlp-gan.js";
import { mlpVae } from "../models/mlp-vae.js";
import { pixelCnn } from "../models/pixelcnn.js";
import { uniformData } from "./data.js";

/** @typedef {import("../harness/compare.js").Case} Case */

/**
 * @param {string} name @param {string} kind @param {number} steps @param {object} options
 * @param {() => (x: import("../imago.js").Tensor) => Record<string, import("../imago.js").Tensor>} model
 * @param {import("../imago.js").Value} x
 * @param {number} inARow Steps in one call, as `imago train` makes as many as fit into a quarter of a second.
 * @returns {Case}
 */
function trainingStep(name, kind, steps, options, model, x, inARow) {
  return {
    name,
    group: "steps",
    keys: [kind, kind.replace("mlp", "")],
    reference: { kind, options },
    steps,
    inARow,
    prepare(runtime) {
      const step = compile(model(), { runtime, name, training: true });
      return async () => {
        const results = await step.many(Array.from({ length: inARow }, () => [x]));
        return Object.values(results.at(-1) ?? {}).map(({ data }) => Number(data[0]));
      };
    },
  };
}

/** @returns {Case[]} */
export function stepCases() {
  return [
    trainingStep(
      "mlpGan 784-128-1/100-128-784 b100",
      "mlpGan",
      200,
      { batch: 100, latent: 100, hidden: [128], features: 784 },
      mlpGan,
      uniformData([100, 784], -1, 1),
      50,
    ),
    trainingStep(
      "mlpVae 784-400-20 b128",
      "mlpVae",
      200,
      { batch: 128, features: 784, hidden: 400, latent: 20 },
      mlpVae,
      uniformData([128, 784]),
      50,
    ),
    trainingStep(
      "dcgan 64x64 b32",
      "dcgan",
      8,
      { batch: 32, base: 64, latent: 100 },
      dcgan,
      uniformData([32, 3, 64, 64], -1, 1),
      1,
    ),
    trainingStep(
      "pixelCnn 28x28 7 layers b64",
      "pixelCnn",
      10,
      { batch: 64, channels: 64, layers: 7, size: 28 },
      pixelCnn,
      binaryPictures([64, 1, 28, 28]),
      1,
    ),
  ];
}

/** @param {number[]} shape */
function binaryPictures(shape) {
  const x = uniformData(shape);
  return { data: Float32Array.from(x.data, (v) => (Number(v) > 0.5 ? 1 : 0)), shape };
}
