// @ts-check
/** The outcome as lines of text. */

/** @typedef {import("./compare.js").Outcome} Outcome */

const widths = [40, 9, 17, 9, 17, 7, 8, 8, 6];

/** @param {string[]} cells */
const row = (cells) =>
  cells
    .map((c, i) => (i === 0 ? c.padEnd(40) : c.padStart(widths[i] ?? 8)))
    .join(" ")
    .trimEnd();

const header = row([
  "",
  "Imago ms",
  "quartiles",
  "torch ms",
  "quartiles",
  "ratio",
  "GFLOP/s",
  "torch",
  "peak",
]);

/** @param {number} ms */
const time = (ms) => ms.toFixed(ms < 10 ? 2 : ms < 100 ? 1 : 0);
/** @param {import("./statistics.js").Summary} s */
const quartiles = (s) => `${time(s.q1)} – ${time(s.q3)}`;

/** @param {string} title */
export function heading(title) {
  return `\n${title}\n${header}`;
}

/**
 * @param {Outcome} outcome
 * @param {number | undefined} peak GFLOP/s that count as 100 %
 */
export function line({ name, flops, imago, torch }, peak) {
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
    mine ? mine.toFixed(0) : "",
    theirs ? theirs.toFixed(0) : "",
    mine && peak ? `${((100 * mine) / peak).toFixed(0)}%` : "",
  ]);
}
