/** report.html: one page that needs nothing but itself. */
import type { Manifest } from "./manifest.ts";
import type { MetricsLine } from "./metrics-log.node.ts";
import { chartHtml, escapeHtml, type Series } from "./report-chart.ts";
import { evaluationHtml, type ReportEvaluation } from "./report-eval.ts";
import { script, style } from "./report-style.ts";

/** A picture of one step as a data URI. */
export interface Frame {
  readonly step: number;
  readonly image: string;
}

export interface ReportContent {
  readonly name: string; // of the run's folder
  /** Of the model: "Generative adversarial network". */
  readonly title: string;
  readonly manifest: Manifest;
  readonly metrics: readonly MetricsLine[];
  readonly samples: readonly Frame[];
  readonly reconstructions: readonly Frame[];
  readonly predictions?: readonly Frame[];
  readonly evaluation?: ReportEvaluation;
}

/** The page as text. */
export function reportPage(content: ReportContent): string {
  const { name, title, manifest, metrics, samples, reconstructions, predictions = [], evaluation } = content;
  const points = manifest.data.kind === "points";
  const sheets = [
    sheetHtml(
      "Samples",
      points ? "orange: data, blue: generated" : "the same latent vectors at every step",
      samples,
    ),
    sheetHtml(
      "Reconstructions",
      points ? "orange: data, blue: reconstructed" : "rows of originals, each above the model's",
      reconstructions,
    ),
    sheetHtml(
      "Predictions",
      "a row for each class that the model gives; mistakes have a red frame",
      predictions,
    ),
  ].join("");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(name)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escapeHtml(name)}</h1>
<p>${escapeHtml(title)} on ${escapeHtml(manifest.data.name)}, trained with Imago ${escapeHtml(manifest.imago)}</p>
${facts(manifest, metrics)}
${sheets === "" ? "" : `<h2>Pictures</h2><div class="columns ${manifest.data.kind}">${sheets}</div>`}
${metrics.length === 0 ? "" : `<h2>Curves</h2><div class="columns">${charts(metrics)}</div>`}
${evaluation ? evaluationHtml(evaluation) : ""}
<h2>Numbers and settings</h2>
<div class="tables">${tables(manifest, metrics)}</div>
<script>${script}</script>
</body>
</html>
`;
}

function facts(manifest: Manifest, metrics: readonly MetricsLine[]): string {
  const last = metrics.at(-1);
  const speed = metrics.map((line) => line.examplesPerSecond).sort((a, b) => a - b)[metrics.length >> 1] ?? 0;
  const list: [string, string][] = [
    ["steps", count(last?.step ?? 0)],
    ["epochs", (last?.epoch ?? 0).toPrecision(3)],
    ["of training", duration(last?.seconds ?? 0)],
    ["examples a second", count(Math.round(speed))],
    ...(last?.waiting === undefined ? [] : [waitingFact(last.waiting / Math.max(last.seconds, 1e-9))]),
    ["device", manifest.device],
  ];
  return `<ul class="facts">${list.map(([what, value]) => `<li><b>${escapeHtml(value)}</b>${what}</li>`).join("")}</ul>`;
}

const waitingFact = (share: number): [string, string] => [
  `${(100 * share).toFixed(1)} %`,
  "of it waiting for data",
];

function sheetHtml(title: string, caption: string, frames: readonly Frame[]): string {
  const last = frames.at(-1);
  if (!last) return "";
  const slider = `<div class="slider"><button type="button">Play</button><input type="range" min="0" max="${frames.length - 1}" value="${frames.length - 1}" aria-label="Step"><output>step ${count(last.step)}</output></div>`;
  return (
    `<figure class="sheet"><figcaption><b>${title}</b><span>${caption}</span></figcaption>` +
    `<img src="${last.image}" alt="${title} at step ${last.step}">${frames.length > 1 ? slider : ""}` +
    `<script type="application/json">${JSON.stringify(frames)}</script></figure>`
  );
}

/** Losses together, the other logged numbers together, gradient norms together. */
function charts(metrics: readonly MetricsLine[]): string {
  const steps = metrics.map((line) => line.step);
  const series = (kind: "losses" | "gradNorms", wanted: (name: string) => boolean): Series[] => {
    const names = [...new Set(metrics.flatMap((line) => Object.keys(line[kind])))].filter(wanted);
    return names.map((name) => ({ name, values: metrics.map((line) => line[kind][name] ?? Number.NaN) }));
  };
  const isLoss = (name: string): boolean => name.endsWith(".loss");
  const shortened = (list: Series[]): Series[] =>
    list.map(({ name, values }) => ({ name: name.replace(/\.loss$/, ""), values }));
  return [
    { title: "Loss", series: shortened(series("losses", isLoss)) },
    { title: "Also logged", series: series("losses", (name) => !isLoss(name)) },
    { title: "Gradient norm", series: series("gradNorms", () => true), logarithmic: true },
  ]
    .filter((chart) => chart.series.length > 0)
    .map((chart) => chartHtml({ ...chart, steps }))
    .join("");
}

function tables(manifest: Manifest, metrics: readonly MetricsLine[]): string {
  const { data, training, options, preset, created, versions } = manifest;
  const last = metrics.at(-1);
  const numbers = { ...last?.losses, ...prefixed("gradient norm of ", last?.gradNorms ?? {}) };
  const flags = Object.entries(training).filter(([, value]) => value !== undefined);
  const { fingerprint, ...about } = data;
  return [
    table(`At step ${count(last?.step ?? 0)}`, Object.entries(numbers)),
    table(`Options (preset ${preset})`, Object.entries(options)),
    table("Training", flags),
    table("Data", [...Object.entries(about), ["fingerprint", fingerprint]]),
    table("Made with", [...Object.entries(versions), ["begun", created]]),
  ].join("");
}

const prefixed = <T>(prefix: string, record: { readonly [name: string]: T }): { [name: string]: T } =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [prefix + name, value]));

function table(caption: string, rows: readonly (readonly [string, unknown])[]): string {
  const known = rows.filter(([, value]) => value !== undefined);
  if (known.length === 0) return "";
  const body = known.map(
    ([name, value]) => `<tr><td>${escapeHtml(name)}</td><td>${escapeHtml(show(value))}</td></tr>`,
  );
  return `<div><table><caption>${escapeHtml(caption)}</caption>${body.join("")}</table></div>`;
}

function show(value: unknown): string {
  if (value === null) return "not finite";
  if (typeof value === "number")
    return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(5)));
  if (Array.isArray(value)) return value.map(show).join(" × ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

const count = (n: number): string => n.toLocaleString("en");

/** "2 min 5 s" */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${seconds < 10 ? seconds.toFixed(1) : whole} s`;
}
