// @ts-check
/** The convolution family at the shapes of DCGAN, U-Net and PixelCNN. Masked ones count the unmasked arithmetic. */
import { compile, constant, conv, grad, mul, read, slice, sum } from "../imago.js";
import { oneByOne } from "./case.js";
import { operand } from "./operand.js";

/**
 * @typedef {import("./case.js").Case} Case
 * @typedef {"forward" | "input" | "weight"} Pass
 * @typedef {{ from: string, batch: number, channels: number, size: number, filters: number, kernel: number, stride: number,
 *   padding: number, mask?: "A" | "B" }} Layer
 */

const halving = { kernel: 4, stride: 2, padding: 1 };
const same = (/** @type {number} */ kernel) => ({ kernel, stride: 1, padding: (kernel - 1) / 2 });

/** @type {Layer[]} */
const layers = [
  { from: "dcgan", batch: 32, channels: 3, size: 64, filters: 64, ...halving },
  { from: "dcgan", batch: 32, channels: 64, size: 32, filters: 128, ...halving },
  { from: "dcgan", batch: 32, channels: 128, size: 16, filters: 256, ...halving },
  { from: "dcgan", batch: 32, channels: 256, size: 8, filters: 512, ...halving },
  { from: "unet", batch: 1, channels: 64, size: 64, filters: 128, ...halving },
  { from: "unet", batch: 4, channels: 256, size: 16, filters: 512, ...halving },
  { from: "unet", batch: 16, channels: 64, size: 28, filters: 64, ...same(3) },
  { from: "pixelcnn", batch: 64, channels: 1, size: 28, filters: 64, ...same(7), mask: "A" },
  { from: "pixelcnn", batch: 64, channels: 64, size: 28, filters: 64, ...same(3), mask: "B" },
];

/** @type {{ [P in Pass]: string }} */
const short = { forward: "y", input: "dx", weight: "dw" };

/** @returns {Case[]} */
export function convCases() {
  const passes = /** @type {Pass[]} */ (["forward", "input", "weight"]);
  return layers.flatMap((layer) => passes.map((pass) => convCase(layer, pass)));
}

/** @param {Layer} layer @param {Pass} pass @returns {Case} */
function convCase(layer, pass) {
  const { from, batch, channels, size, filters, kernel, stride, padding, mask } = layer;
  const out = Math.floor((size + 2 * padding - kernel) / stride) + 1;
  const flops = 2 * batch * filters * out ** 2 * channels * kernel ** 2;
  const { from: _, ...options } = layer;
  const kind = `k${kernel}s${stride}${mask ?? ""}`;
  return {
    name: `${from} ${batch}x${channels}x${size}x${size}→${filters} ${kind} ${short[pass]}`,
    group: "conv",
    keys: [`conv-${from}`],
    reference: { kind: "conv", options: { pass_: pass, ...options } },
    prepare(runtime) {
      const x = operand("x", [batch, channels, size, size]);
      const w = operand("w", [filters, channels, kernel, kernel], { scale: 0.1 });
      const g = operand("g", [batch, filters, out, out]);
      const run = compile(() => slice(result(pass, x, w, g, layer), [0, 0, 0, 0]), { runtime, name: "conv" });
      return oneByOne(async () => [Number((await run()).data[0])], flops);
    },
  };
}

/**
 * @param {Pass} pass @param {import("../imago.js").Variable} x @param {import("../imago.js").Variable} w
 * @param {import("../imago.js").Variable} g @param {Layer} layer
 */
function result(pass, x, w, g, { kernel, stride, padding, mask }) {
  const [image, weight] = [read(x), read(w)];
  const kept = mask ? mul(weight, constant(causalMask(kernel, mask), [1, 1, kernel, kernel])) : weight;
  const y = conv(image, kept, { stride, padding });
  if (pass === "forward") return y;
  const [gradient] = grad(sum(mul(y, read(g))), [pass === "input" ? image : weight]);
  return /** @type {import("../imago.js").Tensor} */ (gradient);
}

/** 1 for what comes before the centre in raster order, and with B for the centre. @param {number} kernel @param {"A" | "B"} kind */
function causalMask(kernel, kind) {
  const centre = (kernel ** 2 - 1) / 2 + (kind === "B" ? 1 : 0);
  return Float32Array.from({ length: kernel ** 2 }, (_, i) => (i < centre ? 1 : 0));
}
