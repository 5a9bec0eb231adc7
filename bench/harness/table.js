// @ts-check
/** The outcome as lines of text. */

/** @typedef {import("./compare.js").Outcome} Outcome */

const widths = [40, 9, 17, 9, 17, 7, 5, 8, 8, 6, 9];

/** @param {string[]} cells */
const row = (cells) =>
  cells
    .map((c, i) => (i === 0 ? c.padEnd(40) : c.padStart(widths[i] ?? 8)))
    .join(" ")
    .trimEnd();

const header = row([
  ...[
    "",
    "Imago ms",
    "quartiles",
    "torch ms",
    "quartiles",
    "ratio",
    "goal",
    "GFLOP/s",
    "torch",
    "peak",
    "compiled",
  ],
]);

/** @param {number} ms */
export const time = (ms) => ms.toFixed(ms < 10 ? 2 : ms < 100 ? 1 : 0);
/** @param {import("./statistics.js").Summary} s */
export const quartiles = (s) => `${time(s.q1)} – ${time(s.q3)}`;

/** @param {string} title */
export function heading(title) {
  return `\n${title}\n${header}`;
}

/**
 * @param {Outcome} outcome
 * @param {number | undefined} peak GFLOP/s that count as 100 %
 */
export function line({ name, goal, flops, imago, torch, compiled }, peak) {
  const rate = (/** @type {number} */ ms) => (flops ? flops / ms / 1e6 : undefined);
  const mine = rate(imago.summary.median);
  const theirs = torch && rate(torch.summary.median);
  return row([
    name,
    time(imago.summary.median),
    quartiles(imago.summary),
    torch ? time(torch.summary.median) : "–",
    torch ? quartiles(torch.summary) : "–",
    torch ? (imago.summary.median / torch.summary.median).toFixed(2) : "–",
    goal ? String(goal) : "",
    mine ? mine.toFixed(0) : "",
    theirs ? theirs.toFixed(0) : "",
    mine && peak ? `${((100 * mine) / peak).toFixed(0)}%` : "",
    compiled ? time(compiled.summary.median) : "",
  ]);
}

/** @param {number | undefined} bytes */
export const megabytes = (bytes) => (bytes === undefined ? "?" : (bytes / 1e6).toFixed(0));

/** @param {{ imago: import("./fresh.js").Fresh, torch?: import("./fresh.js").Fresh }} fresh */
export function memoryLine({ imago, torch }) {
  const seconds = (/** @type {number} */ ms) => (ms / 1000).toFixed(2);
  const share = imago.bytes && torch?.bytes ? `, ratio ${(imago.bytes / torch.bytes).toFixed(2)}` : "";
  const memory = `peak memory ${megabytes(imago.bytes)} MB${torch ? ` against ${megabytes(torch.bytes)} MB${share}` : ""}`;
  const first = `first step after ${seconds(imago.firstStep)} s${torch ? ` against ${seconds(torch.firstStep)} s` : ""}`;
  return `    ${memory}; compiled in ${seconds(imago.compile ?? Number.NaN)} s, ${first}`;
}
