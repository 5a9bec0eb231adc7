// @ts-check
/** Whole training steps: forward, backward, optimiser, with the batch fed in every time as training does. */
import { dcgan } from "../models/dcgan.js";
import { mlpGan } from "../models/mlp-gan.js";
import { mlpVae } from "../models/mlp-vae.js";
import { pix2pix } from "../models/pix2pix.js";
import { pixelCnn } from "../models/pixelcnn.js";
import { binaryPictures, uniformData } from "./data.js";
import { ownStep } from "./own-step.js";
import { registryStep } from "./registry-step.js";

/** @typedef {import("./case.js").Case} Case */
/** @typedef {import("./data.js").Spec} Spec */

/** @type {{ [name: string]: Spec }} */
const data = {
  digits: { kind: "image", shape: [1, 28, 28], levels: 256, classes: 10 },
  bits: { kind: "image", shape: [1, 28, 28], levels: 2, classes: 10 },
  colours16: { kind: "image", shape: [3, 16, 16], levels: 256 },
  colours32: { kind: "image", shape: [3, 32, 32], levels: 256 },
  plane: { kind: "points", shape: [2], classes: 8 },
};

/** @returns {Case[]} */
export function stepCases() {
  return [...goalCases(), ...registryCases()];
}

/** Those that have a goal: Imago's time / PyTorch's. @returns {Case[]} */
function goalCases() {
  const own = [
    ownStep({
      name: "mlpGan 784-128-1/100-128-784 b100",
      keys: ["mlpGan", "gan"],
      goal: 0.8,
      random: true,
      reference: { kind: "mlpGan", options: { latent: 100, hidden: [128], features: 784 } },
      model: mlpGan,
      inputs: () => ({ x: uniformData([100, 784], -1, 1) }),
    }),
    ownStep({
      name: "mlpVae 784-400-20 b128",
      keys: ["mlpVae", "vae"],
      goal: 0.65,
      random: true,
      reference: { kind: "mlpVae", options: { features: 784, hidden: 400, latent: 20 } },
      model: mlpVae,
      inputs: () => ({ x: uniformData([128, 784]) }),
    }),
    ownStep({
      name: "dcgan 64x64 b32",
      keys: ["dcgan", "dcgan64"],
      goal: 0.85,
      random: true,
      reference: { kind: "dcgan", options: { base: 64, latent: 100 } },
      model: dcgan,
      inputs: () => ({ x: uniformData([32, 3, 64, 64], -1, 1) }),
    }),
    ownStep({
      name: "pixelCnn 28x28 7 layers b64",
      keys: ["pixelCnn"],
      goal: 0.6,
      reference: { kind: "pixelCnn", options: { channels: 64, layers: 7 } },
      model: pixelCnn,
      inputs: () => ({ x: binaryPictures([64, 1, 28, 28]) }),
    }),
    ownStep({
      name: "pix2pix 128x128 b1",
      keys: ["pix2pix", "unet"],
      goal: 0.9,
      random: true,
      reference: { kind: "pix2pix", options: { widths: [64, 128, 256, 512, 512, 512, 512] } },
      model: pix2pix,
      inputs: () => ({
        x: uniformData([1, 3, 128, 128], -1, 1),
        y: uniformData([1, 3, 128, 128], -1, 1, 99),
      }),
    }),
  ];
  const { digits, colours32, plane } = /** @type {Record<string, Spec>} */ (data);
  return [
    ...own,
    registryStep({
      model: "dcgan",
      title: "registry dcgan 28x28",
      key: "dcgan28",
      goal: 0.8,
      random: true,
      spec: digits,
    }),
    registryStep({
      model: "vae",
      title: "registry vae, convolutions, 32x32",
      key: "convVae",
      goal: 0.85,
      random: true,
      spec: colours32,
      options: { networks: "conv" },
    }),
    registryStep({ model: "realnvp", title: "registry realnvp, points", goal: 0.6, spec: plane }),
  ].map((one) => ({ ...one, keys: [...one.keys, "goals"] }));
}

/** Further models whose twin says exactly the same. @returns {Case[]} */
function registryCases() {
  const { digits, bits, colours16, plane } = /** @type {Record<string, Spec>} */ (data);
  const random = true;
  return [
    registryStep({ model: "gan", title: "registry gan 28x28", spec: digits, random }),
    registryStep({ model: "gan", title: "registry gan, points", spec: plane, random }),
    registryStep({ model: "autoencoder", title: "registry autoencoder 28x28", spec: digits }),
    registryStep({ model: "vae", title: "registry vae 28x28", spec: digits, random }),
    registryStep({ model: "iwae", title: "registry iwae 28x28", spec: digits, random }),
    registryStep({ model: "cvae", title: "registry cvae 28x28", spec: digits, random }),
    registryStep({ model: "fvbn", title: "registry fvbn 28x28", spec: bits }),
    registryStep({ model: "nade", title: "registry nade 28x28", spec: bits }),
    registryStep({ model: "made", title: "registry made 28x28", spec: bits }),
    registryStep({ model: "pixelcnn", title: "registry pixelcnn 28x28", spec: digits }),
    registryStep({ model: "gated-pixelcnn", title: "registry gated-pixelcnn 28x28", spec: digits }),
    registryStep({ model: "nice", title: "registry nice, points", spec: plane }),
    registryStep({ model: "maf", title: "registry maf, points", spec: plane }),
    registryStep({ model: "glow", title: "registry glow, points", spec: plane, random }),
    registryStep({ model: "glow", title: "registry glow 16x16", spec: colours16, random }),
    registryStep({ model: "classifier", title: "registry classifier 28x28", spec: digits, random }),
    // Its loss is the difference of two free energies, near 0.
    registryStep({ model: "rbm", title: "registry rbm 28x28", spec: bits, random, tolerance: 1 }),
  ];
}
