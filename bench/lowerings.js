// @ts-check
/**
 * Times every form of convolutions of many sizes on this machine, each in several rounds. With --write the table that Imago ships is written anew
 * (src/onnx/lowerings/measured.ts); do that on a quiet machine with two cores.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { flopsOfConvolution } from "../dist/onnx/index.js";
import { blockSize } from "../dist/runtime/block-size.js";
import { timeForms } from "../dist/runtime/time-forms.js";
import { createRuntime } from "./imago.js";

/** @typedef {import("../dist/onnx/index.js").Convolution} Convolution */

/** [batch, channels, side, filters, kernel, stride] @type {readonly (readonly [number, number, number, number, number, number])[]} */
const sizes = [
  ...[1, 3, 16, 32, 64].map((c) => /** @type {const} */ ([32, c, 64, 64, 4, 2])),
  [32, 64, 32, 128, 4, 2],
  [32, 128, 16, 256, 4, 2],
  [32, 256, 8, 512, 4, 2],
  [64, 1, 28, 32, 4, 2],
  [64, 32, 14, 64, 4, 2],
  [64, 64, 14, 128, 4, 2],
  [64, 32, 32, 64, 3, 2],
  [128, 16, 16, 32, 3, 2],
  [1, 64, 64, 128, 4, 2],
  [1, 256, 16, 512, 4, 2],
  [1, 512, 8, 512, 4, 2],
  [4, 128, 32, 256, 4, 2],
  [64, 64, 28, 64, 3, 1],
  [64, 32, 28, 32, 3, 1],
  [64, 16, 28, 16, 3, 1],
  [64, 1, 28, 64, 7, 1],
  [64, 64, 28, 1, 3, 1],
  [64, 32, 14, 32, 3, 1],
  [64, 48, 14, 48, 3, 1],
  [64, 64, 7, 128, 3, 1],
  [64, 64, 28, 64, 1, 1],
  [64, 32, 28, 64, 1, 1],
  [64, 32, 28, 32, 5, 1],
  [128, 24, 14, 48, 3, 1],
  [16, 64, 64, 64, 3, 1],
  [4, 128, 32, 128, 3, 1],
  [1, 64, 64, 64, 3, 1],
  [1, 256, 16, 256, 3, 1],
];
const kinds = /** @type {const} */ (["conv", "convTranspose", "convWeight"]);

const { values } = parseArgs({
  options: {
    write: { type: "boolean", default: false },
    threads: { type: "string", default: "2" },
    rounds: { type: "string", default: "3" },
  },
});
const [threads, rounds] = [Number(values.threads), Number(values.rounds)];
const runtime = createRuntime({ device: "cpu", threads });
const engine = await runtime.internals.engine();
const block = await blockSize(engine);
const nodes = sizes.flatMap(([batch, channels, side, filters, k, stride]) =>
  kinds
    .filter((kind) => kind !== "convTranspose" || stride > 1) // else it becomes a convolution
    .map((kind) => convolution(kind, batch, channels, side, filters, k, stride)),
);
const rows = (await bestOf(rounds)).map(rowOf);
await runtime.dispose();
if (values.write) await write();

/**
 * @param {Convolution["kind"]} kind @param {number} batch @param {number} channels @param {number} side @param {number} filters
 * @param {number} k @param {number} stride @returns {Convolution}
 */
function convolution(kind, batch, channels, side, filters, k, stride) {
  const pad = Math.floor((k - 1) / 2);
  const out = Math.floor((side + 2 * pad - k) / stride) + 1;
  return {
    ...{
      kind,
      batch,
      channels,
      filters,
      input: [side, side],
      output: [out, out],
      kernel: [k, k],
      taps: k * k,
    },
    geometry: { strides: [stride, stride], pads: [pad, pad, pad, pad], dilations: [1, 1], groups: 1 },
  };
}

/**
 * The least of several medians for each form: what else runs on the machine only ever adds. A round goes over all sizes, so that a
 * busy minute does not hit all rounds of one.
 * @param {number} count
 */
async function bestOf(count) {
  /** @type {import("../dist/onnx/index.js").FormTimes[]} */
  const best = [];
  for (let round = 0; round < count; round++) {
    for (const [i, node] of nodes.entries()) {
      const times = await timeForms(engine, node, { threads, block });
      const before = best[i] ?? times;
      const entries = Object.entries(times).map(([form, ms]) => [
        form,
        Math.min(ms, before[/** @type {"direct"} */ (form)]),
      ]);
      best[i] = Object.fromEntries(entries);
    }
  }
  return nodes.map((node, i) => ({
    node,
    times: /** @type {import("../dist/onnx/index.js").FormTimes} */ (best[i]),
  }));
}

/**
 * The table's entry, which is printed.
 * @param {{ node: Convolution, times: import("../dist/onnx/index.js").FormTimes }} measured
 */
function rowOf({ node, times }) {
  const { kind, batch, channels, filters, taps, input, output, kernel, geometry } = node;
  const flops = flopsOfConvolution(node);
  const name = `${kind.padEnd(13)} ${batch}x${channels}x${input.join("x")} → ${filters}, ${kernel.join("×")} stride ${geometry.strides[0]}`;
  const list = Object.entries(times).map(([form, ms]) => `${form} ${ms.toFixed(2).padStart(7)} ms   `);
  const best = flops / Math.min(...Object.values(times)) / 1e6;
  console.log(name.padEnd(52), `${list.join("")}best ${best.toFixed(0).padStart(4)} GFLOP/s`);
  const positions = batch * output.reduce((a, b) => a * b, 1);
  return {
    ...{
      kind,
      strided: geometry.strides.some((s) => s > 1),
      batch,
      channels,
      filters,
      positions,
      taps,
      flops,
    },
    ...times,
  };
}

async function write() {
  const file = join(import.meta.dirname, "../src/onnx/lowerings/measured.ts");
  const { readFile } = await import("node:fs/promises");
  const text = await readFile(file, "utf8");
  const entries = rows.map(
    ({ direct, gather, blocked, ...row }) =>
      `  ${JSON.stringify({
        ...row,
        direct: Number(direct.toPrecision(3)),
        gather: Number(gather.toPrecision(3)),
        ...(blocked !== undefined && { blocked: Number(blocked.toPrecision(3)) }),
      })
        .replace(/"(\w+)":/g, "$1: ")
        .replace(/,(\w)/g, ", $1")
        .replace("{", "{ ")
        .replace("}", " }")},`,
  );
  const start = text.indexOf("export const measured");
  await writeFile(
    file,
    `${text.slice(0, start)}// biome-ignore format: one measurement a line\nexport const measured: readonly Measured[] = [\n${entries.join("\n")}\n];\n`,
  );
}
