// @ts-check
/** `--scaling`: time per step at 1/4, 1/2, 1, 2 and 4 times the batch, the channels and the pixels. */
import { binaryPictures, uniformData } from "../cases/data.js";
import { prepareStep } from "../cases/own-step.js";
import { newRuntime } from "../harness/machine.js";
import { summarize } from "../harness/statistics.js";
import { time } from "../harness/table.js";
import { dcgan } from "../models/dcgan.js";
import { pixelCnn } from "../models/pixelcnn.js";
import { exponents } from "../record/exponents.js";
import { recordRows } from "../record/write.js";

/** @typedef {import("../record/format.js").ScalingRow} ScalingRow */
/** @typedef {import("../options.js").Options} Options */

const factors = [0.25, 0.5, 1, 2, 4];
const axes = /** @type {const} */ (["batch", "channels", "pixels"]);
/** Milliseconds for each setting, and steps at the least. */
const [lasts, fewest] = [3000, 5];

/** Sides of pictures of `factor` times the pixels: both change, or the height alone. @param {number} side @param {number} factor @returns {[number, number]} */
const sides = (side, factor) => [
  side * 2 ** Math.ceil(Math.log2(factor) / 2),
  side * 2 ** Math.floor(Math.log2(factor) / 2),
];

const models = {
  /** The same layers for pictures of other sizes: the deepest layer changes with them. */
  dcgan: (/** @type {number} */ batch, /** @type {number} */ channels, /** @type {number} */ pixels) => {
    const [h, w] = sides(64, pixels);
    return {
      model: dcgan({ base: 64 * channels, bottom: [h / 16, w / 16] }),
      x: uniformData([32 * batch, 3, h, w], -1, 1),
    };
  },
  pixelcnn: (/** @type {number} */ batch, /** @type {number} */ channels, /** @type {number} */ pixels) => ({
    model: pixelCnn({ channels: 64 * channels }),
    x: binaryPictures([64 * batch, 1, ...sides(28, pixels)]),
  }),
};

/** @param {Options} options */
export async function scaling(options) {
  const known = Object.keys(models);
  const strange = options.only.find((name) => !known.includes(name));
  if (strange) throw new Error(`--only: --scaling measures ${known.join(" and ")}, not ${strange}.`);
  const names = options.only.length > 0 ? options.only : known;
  const rows = /** @type {ScalingRow[]} */ ([]);
  for (const name of names)
    rows.push(...(await scaleModel(/** @type {keyof typeof models} */ (name), options)));
  for (const { model, axis, exponent, perFlop } of exponents(rows))
    console.log(
      `${model}, ${axis}: time grows as ${axis}^${exponent.toFixed(2)} and FLOP^${perFlop.toFixed(2)}`,
    );
  if (options.record)
    await recordRows(
      "scaling",
      rows,
      ({ model, axis, factor }) => `${model} ${axis} ${factor}`,
      options.threads,
    );
}

/** @param {keyof typeof models} model @param {Options} options */
async function scaleModel(model, options) {
  const rows = /** @type {ScalingRow[]} */ ([]);
  const once = await timeStep(model, [1, 1, 1], options);
  for (const [i, axis] of axes.entries()) {
    for (const factor of factors) {
      const by = /** @type {[number, number, number]} */ ([0, 1, 2].map((k) => (k === i ? factor : 1)));
      const { ms, flops } = factor === 1 ? once : await timeStep(model, by, options);
      rows.push({ model, axis, factor, ms, flops });
      const rate = (flops / ms / 1e6).toFixed(0);
      console.log(
        `${model}, ${axis} × ${factor}: ${time(ms)} ms, ${(flops / 1e9).toFixed(1)} GFLOP, ${rate} GFLOP/s`,
      );
    }
  }
  return rows;
}

/** @param {keyof typeof models} name @param {[number, number, number]} factors @param {Options} options */
async function timeStep(name, factors, options) {
  const { model, x } = models[name](...factors);
  const runtime = newRuntime(options);
  try {
    const prepared = await prepareStep(runtime, name, model, [x]);
    await prepared.run(1);
    await prepared.run(1);
    const ms = [];
    const end = performance.now() + lasts * options.scale;
    while (ms.length < Math.max(1, fewest * Math.min(1, options.scale)) || performance.now() < end) {
      const start = performance.now();
      await prepared.run(1);
      ms.push(performance.now() - start);
    }
    return { ms: summarize(ms).median, flops: prepared.flops?.() ?? Number.NaN };
  } finally {
    await runtime.dispose();
  }
}
