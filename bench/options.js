// @ts-check
/** What `npm run bench` understands. */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";

export const usage = `npm run bench -- [options]

  --only NAMES      what to time, separated by commas: ops, matmul, matmul256, matmul1024, conv, conv-dcgan, conv-unet,
                    conv-pixelcnn, adam, batchNorm; steps, gan, vae, dcgan, pixelcnn (default: everything)
  --rounds N        how often Imago and PyTorch take turns (default 3)
  --threads N       threads of both (default: as many as the machine offers)
  --scale F         multiplies the number of steps in a round (default 1)
  --device NAME     where Imago runs: cpu (default), webgpu, cuda, auto
  --json FILE       also writes every single time as JSON
  --no-torch        leaves PyTorch out
  --torch-malloc    keeps (default) or returns (glibc's own way) the memory that PyTorch frees; see README.md
  --torch-compile   runs PyTorch through torch.compile (needs a C++ compiler; default: eager)
  --profile         prints ONNX Runtime's time per kind of node for each case, without PyTorch
  --save-onnx DIR   writes the graph of each case
  --list            names the cases
  --help            this text
`;

/** @typedef {{ only: string[], rounds: number, threads: number, scale: number, device: string, json?: string, torch: boolean,
 *   keepMemory: boolean, torchCompile: boolean, profile: boolean, saveOnnx?: string, list: boolean, help: boolean }} Options */

/** @param {string[]} args @returns {Options} */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: "string", default: "" },
      rounds: { type: "string", default: "3" },
      threads: { type: "string", default: String(availableParallelism()) },
      scale: { type: "string", default: "1" },
      device: { type: "string", default: "cpu" },
      json: { type: "string" },
      "no-torch": { type: "boolean", default: false },
      "torch-malloc": { type: "string", default: "keeps" },
      "torch-compile": { type: "boolean", default: false },
      profile: { type: "boolean", default: false },
      "save-onnx": { type: "string" },
      list: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  return {
    only: values.only.split(",").filter((name) => name !== ""),
    rounds: positive("rounds", values.rounds, true),
    threads: positive("threads", values.threads, true),
    scale: positive("scale", values.scale, false),
    device: values.device,
    json: values.json,
    torch: !values["no-torch"] && !values.profile && values["save-onnx"] === undefined,
    keepMemory: oneOf("torch-malloc", values["torch-malloc"], ["keeps", "returns"]) === "keeps",
    torchCompile: values["torch-compile"],
    profile: values.profile,
    saveOnnx: values["save-onnx"],
    list: values.list,
    help: values.help,
  };
}

/** @param {string} name @param {string} text @param {string[]} known */
function oneOf(name, text, known) {
  if (known.includes(text)) return text;
  throw new Error(`--${name} is ${text}, expected ${known.join(" or ")}.`);
}

/** @param {string} name @param {string} text @param {boolean} whole */
function positive(name, text, whole) {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value) && (!whole || Number.isInteger(value))) return value;
  throw new Error(`--${name} is ${text}, expected a positive ${whole ? "whole " : ""}number.`);
}
