/** The evaluation's part of report.html: tables of scores with their protocols, and figures. */
import { describeProtocol } from "../metrics/protocol.ts";
import type { StoredScore } from "./eval/eval-file.ts";
import { escapeHtml } from "./report-chart.ts";

export interface ReportFigure {
  readonly title: string;
  readonly caption: string;
  /** A data URI of a picture. */
  readonly image: string;
}

export interface ReportEvaluation {
  readonly scores: readonly StoredScore[];
  readonly figures: readonly ReportFigure[];
}

/** The section as HTML, "" where nothing was evaluated. */
export function evaluationHtml({ scores, figures }: ReportEvaluation): string {
  if (scores.length === 0) return "";
  const rows = newest(scores).map(
    (score) =>
      `<tr><td>${escapeHtml(score.name)}</td><td><b>${shown(score.value)}</b>${error(score)}${score.unit ? ` ${escapeHtml(score.unit)}` : ""}</td>` +
      `<td>${score.floor === undefined ? "" : shown(score.floor)}</td><td>${better(score)}</td>` +
      `<td>${escapeHtml(describeProtocol(score.protocol))}${score.note ? `<br>${escapeHtml(score.note)}` : ""}</td></tr>`,
  );
  const pictures = figures.map(
    ({ title, caption, image }) =>
      `<figure class="sheet"><figcaption><b>${escapeHtml(title)}</b><span>${escapeHtml(caption)}</span></figcaption>` +
      `<img src="${image}" alt="${escapeHtml(title)}"></figure>`,
  );
  return (
    `<h2>Evaluation</h2><div class="scores"><table><thead><tr><th>metric</th><th>value</th><th>real against real</th><th>better</th><th>protocol</th></tr></thead>` +
    `<tbody>${rows.join("")}</tbody></table></div>${pictures.length > 0 ? `<div class="columns">${pictures.join("")}</div>` : ""}`
  );
}

/** Of scores with one name, those of the last evaluation. */
function newest(scores: readonly StoredScore[]): StoredScore[] {
  return scores.filter(
    (score) => !scores.some((other) => other.name === score.name && other.created > score.created),
  );
}

const better = ({ better: which }: StoredScore): string =>
  which === "lower" ? "↓ lower" : which === "higher" ? "↑ higher" : "";

function error({ standardError }: StoredScore): string {
  return standardError === undefined ? "" : ` ± ${shown(standardError)}`;
}

/** Four digits that matter. */
function shown(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Math.abs(value) >= 1e4 || (value !== 0 && Math.abs(value) < 1e-4)
    ? value.toExponential(2)
    : String(Number(value.toPrecision(4)));
}
