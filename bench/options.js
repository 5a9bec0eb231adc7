// @ts-check
/** What `npm run bench` understands. */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";

export const usage = `npm run bench -- [options]

  --only NAMES      what to time, separated by commas: ops, matmul, matmul256, matmul1024, conv, conv-dcgan, conv-unet,
                    conv-pixelcnn, adam, batchNorm; steps, goals, registry, a family (flow, adversarial …), a model (gan, vae,
                    dcgan, pixelcnn …) or a part of a name in quotes (default: everything)
  --rounds N        how often Imago and PyTorch take turns (default 3)
  --threads N       threads of both (default: as many as the machine offers)
  --scale F         multiplies the length of a round (default 1: 1.5 seconds, at least 20 steps in all rounds)
  --device NAME     where Imago runs: cpu (default), webgpu, cuda, auto
  --memory          also peak memory and time to the first step, each side in a process of its own
  --json FILE       also writes every single time as JSON
  --no-torch        leaves PyTorch out
  --torch-malloc    keeps (default) or returns (glibc's own way) the memory that PyTorch frees; see README.md
  --torch-compile   also runs PyTorch through torch.compile (needs a C++ compiler)
  --profile         prints ONNX Runtime's time per kind of node for each case, without PyTorch
  --save-onnx DIR   writes the graph of each case

Other measurements, Imago alone:
  --scaling         time per step at 1/4 to 4 times the batch, channels and pixels
  --compile         how long the registry's models take to compile

The record, bench/results.json and the tables of docs/speed.md:
  --record          writes what was measured into both (with --only, --scaling or --compile: that part of them)
  --check           times recorded cases again; those whose ratio is over 10 % worse are shown, and the exit code is 1

  --list            names the cases
  --help            this text
`;

const flags = /** @type {const} */ ([
  ...[
    "memory",
    "no-torch",
    "torch-compile",
    "profile",
    "scaling",
    "compile",
    "record",
    "check",
    "list",
    "help",
  ],
]);

/** @typedef {{ only: string[], rounds: number, threads: number, scale: number, device: string, json?: string, torch: boolean,
 *   keepMemory: boolean, torchCompile: boolean, profile: boolean, saveOnnx?: string, memory: boolean, record: boolean,
 *   mode: "cases" | "check" | "scaling" | "compile" | "list" | "help" }} Options */

/** @param {string[]} args @returns {Options} */
export function readOptions(args) {
  const text = (/** @type {string} */ fallback) => ({
    type: /** @type {const} */ ("string"),
    default: fallback,
  });
  const { values } = parseArgs({
    args,
    options: {
      only: text(""),
      rounds: text("3"),
      threads: text(String(availableParallelism())),
      scale: text("1"),
      device: text("cpu"),
      json: { type: "string" },
      "torch-malloc": text("keeps"),
      "save-onnx": { type: "string" },
      ...Object.fromEntries(flags.map((flag) => [flag, { type: /** @type {const} */ ("boolean") }])),
    },
  });
  const on = (/** @type {string} */ flag) => /** @type {Record<string, unknown>} */ (values)[flag] === true;
  const modes = /** @type {const} */ (["help", "list", "check", "scaling", "compile"]);
  const mode = modes.find(on) ?? "cases";
  const inspecting = on("profile") || values["save-onnx"] !== undefined;
  if (on("record") && (inspecting || mode === "check"))
    throw new Error("--record does not go with --check, --profile or --save-onnx.");
  return {
    only: values.only.split(",").filter((name) => name !== ""),
    rounds: positive("rounds", values.rounds, true),
    threads: positive("threads", values.threads, true),
    scale: positive("scale", values.scale, false),
    device: values.device,
    json: values.json,
    torch: !on("no-torch") && !inspecting,
    keepMemory: oneOf("torch-malloc", values["torch-malloc"], ["keeps", "returns"]) === "keeps",
    torchCompile: on("torch-compile"),
    profile: on("profile"),
    saveOnnx: values["save-onnx"],
    memory: on("memory") || on("record"),
    record: on("record"),
    mode,
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
