// @ts-check
/** What every training step has besides its layers: the optimiser, and normalisation. */
import { adam, add, batchNorm, compile, grad, mul, network, read, slice, sum } from "../imago.js";
import { oneByOne } from "./case.js";
import { operand } from "./operand.js";

/** @typedef {import("./case.js").Case} Case */

/** The parameters of DCGAN-64's two networks: 6.3 million numbers. */
const dcganShapes = [
  [100, 512, 4, 4],
  [512, 256, 4, 4],
  [256, 128, 4, 4],
  [128, 64, 4, 4],
  [64, 3, 4, 4],
  [64, 3, 4, 4],
  [128, 64, 4, 4],
  [256, 128, 4, 4],
  [512, 256, 4, 4],
  [1, 512, 4, 4],
];

/** @returns {Case} */
export function adamCase() {
  return {
    name: "Adam 6.3M parameters",
    group: "adam",
    keys: [],
    reference: { kind: "adam", options: { shapes: dcganShapes } },
    prepare(runtime) {
      const optimizer = adam({ lr: 2e-4, beta1: 0.5 });
      const parameters = dcganShapes.map((shape, i) => operand(`theta/${i}`, shape, { trainable: true }));
      const gradients = dcganShapes.map((shape, i) => operand(`gradient/${i}`, shape, { scale: 0.01 }));
      const run = compile(() => optimizer.update(parameters, gradients.map(read)), { runtime, name: "adam" });
      return oneByOne(async () => {
        await run();
        return [];
      });
    },
  };
}

/** @returns {Case} */
export function batchNormCase() {
  const shape = [32, 64, 32, 32];
  return {
    name: "batch norm 32x64x32x32 y, dx, dγ, dβ",
    group: "batchNorm",
    keys: [],
    reference: { kind: "batchNorm", options: { shape } },
    prepare(runtime) {
      const [x, g] = [operand("x", shape), operand("g", shape)];
      const layer = network("layer", batchNorm);
      const run = compile(() => passes(layer, x, g), { runtime, name: "batchNorm", training: true });
      return oneByOne(async () => [Number((await run()).data[0])]);
    },
  };
}

/**
 * One number that needs y and every derivative.
 * @param {import("../imago.js").Network<[x: import("../imago.js").Tensor], import("../imago.js").Tensor>} layer
 * @param {import("../imago.js").Variable} x @param {import("../imago.js").Variable} g
 */
function passes(layer, x, g) {
  const y = layer(read(x));
  const [dx, ...rest] = grad(sum(mul(y, read(g))), [read(x), ...layer.parameters()]);
  const corner = [0, 0, 0, 0];
  const parts = [
    slice(y, corner),
    slice(/** @type {import("../imago.js").Tensor} */ (dx), corner),
    ...rest.map((r) => sum(r)),
  ];
  return parts.reduce((a, b) => add(a, b));
}
