// @ts-check
/** The tables of docs/speed.md. */
import { megabytes, quartiles, time } from "../harness/table.js";
import { exponents } from "./exponents.js";

/** @typedef {import("./format.js").Results} Results */
/** @typedef {import("./format.js").RecordedCase} RecordedCase */
/** @typedef {import("./format.js").RecordedMachine} RecordedMachine */

/** @type {{ [name: string]: (results: Results) => string }} */
export const tables = { steps, memory, operations, scaling, compile };

/** @param {string[]} header @param {string[][]} rows */
function table(header, rows) {
  if (rows.length === 0)
    return "\nNot recorded yet: `npm run bench -- --record`, also with `--scaling` or `--compile`.\n";
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(" | ")} |`;
  return ["", line(header), line(header.map(() => "---")), ...rows.map(line), ""].join("\n");
}

/** Where and when, for rows that may come from several runs. @param {RecordedMachine[]} machines */
function measuredOn(machines) {
  const said = machines.map(
    ({ cpu, threads, node, onnxruntime, torch, torchKeepsMemory }) =>
      `${cpu}, ${threads} threads, Node ${node}, ONNX Runtime ${onnxruntime}` +
      (torch ? `, PyTorch ${torch}${torchKeepsMemory ? " keeping its memory" : ""}` : ""),
  );
  const dates = machines.map(({ date }) => date.slice(0, 10)).sort();
  const span = [...new Set([dates[0], dates.at(-1)])].join(" to ");
  return machines.length === 0 ? "" : `\n${[...new Set(said)].join("; ")}; ${span}.\n`;
}

/** @param {number | undefined} ratio @param {number} [goal] Bold where it is met. */
const ratioText = (ratio, goal) => {
  if (ratio === undefined) return "–";
  return goal !== undefined && ratio <= goal ? `**${ratio.toFixed(2)}**` : ratio.toFixed(2);
};

/** @param {Results} results */
function steps({ cases }) {
  const own = cases.filter(({ group }) => group === "steps");
  const withCompiled = own.some(({ compiled, compiledFailure }) => compiled ?? compiledFailure);
  const header = [
    "step",
    "Imago ms",
    "quartiles",
    "PyTorch ms",
    "quartiles",
    "ratio",
    "goal",
    "GFLOP/s",
    "of peak",
  ];
  const rows = own.map((one) => {
    const rate = one.flops === undefined ? undefined : one.flops / one.imago.median / 1e6;
    return [
      one.name,
      time(one.imago.median),
      quartiles(one.imago),
      one.torch ? time(one.torch.median) : "–",
      one.torch ? quartiles(one.torch) : "–",
      ratioText(one.ratio, one.goal),
      one.goal === undefined ? "" : `≤ ${one.goal}`,
      rate === undefined ? "" : rate.toFixed(0),
      rate === undefined ? "" : `${((100 * rate) / one.peak).toFixed(0)} %`,
      ...(withCompiled ? [compiledText(one)] : []),
    ];
  });
  return (
    measuredOn(own.map(({ machine }) => machine)) +
    table([...header, ...(withCompiled ? ["torch.compile ms"] : [])], rows)
  );
}

/** @param {RecordedCase} one */
const compiledText = ({ compiled, compiledFailure }) =>
  compiled ? time(compiled.median) : compiledFailure ? "fails" : "–";

/** @param {Results} results */
function memory({ cases }) {
  const seconds = (/** @type {number | undefined} */ ms) => (ms === undefined ? "–" : (ms / 1000).toFixed(2));
  const rows = cases.flatMap(({ name, fresh }) => {
    if (!fresh) return [];
    const { imago, torch } = fresh;
    const ratio = imago.bytes && torch?.bytes ? imago.bytes / torch.bytes : undefined;
    return [
      [
        name,
        megabytes(imago.bytes),
        torch ? megabytes(torch.bytes) : "–",
        ratioText(ratio, 1.25),
        seconds(imago.compile),
        seconds(imago.firstStep),
        seconds(torch?.firstStep),
      ],
    ];
  });
  const header = ["step", "Imago MB", "PyTorch MB", "ratio", "compile s", "first step s", "PyTorch's s"];
  return table(header, rows);
}

/** @param {Results} results */
function operations({ cases }) {
  const rows = cases
    .filter(({ group }) => group !== "steps")
    .map((one) => [
      one.name,
      time(one.imago.median),
      one.torch ? time(one.torch.median) : "–",
      ratioText(one.ratio, 1),
      one.flops === undefined ? "" : (one.flops / one.imago.median / 1e6).toFixed(0),
    ]);
  return table(["operation", "Imago ms", "PyTorch ms", "ratio", "GFLOP/s"], rows);
}

/** @param {Results} results */
function scaling({ scaling }) {
  const all = exponents(scaling?.rows ?? []);
  const rows = all.map(({ model, axis, ms, exponent, perFlop }) => [
    `${model}, ${axis}`,
    ...ms.map(({ ms }) => time(ms)),
    exponent.toFixed(2),
    perFlop.toFixed(2),
  ]);
  const factors = all[0]?.ms.map(({ factor }) => `× ${factor}`) ?? [];
  const header = ["ms per step", ...factors, "exponent", "exponent in FLOP"];
  return measuredOn(scaling ? [scaling.machine] : []) + table(header, rows);
}

/** @param {Results} results */
function compile({ compile }) {
  const stages = /** @type {const} */ ([
    "trace",
    "derivatives",
    "optimise",
    "parameters",
    "write",
    "load",
    "total",
  ]);
  const rows = (compile?.rows ?? []).map((row) => [
    row.model,
    row.data,
    ...stages.map((stage) => row[stage].toFixed(0)),
    (row.bytes / 1e6).toFixed(1),
  ]);
  return measuredOn(compile ? [compile.machine] : []) + table(["model", "data", ...stages, "MB"], rows);
}
