/** Pictures of the findings: neighbours, outliers, p-values. */
import type { Images } from "../../metrics/index.ts";
import { escapeHtml } from "../report-chart.ts";
import { sheetPng } from "../sheet.node.ts";
import type { Figure } from "./evaluation.ts";

/** Rows of equally many pictures, one row under the other. */
export async function rowsFigure(about: Omit<Figure, "content">, rows: readonly Images[]): Promise<Figure> {
  const [, ...shape] = rows[0]!.shape;
  const columns = Math.min(...rows.map((row) => row.shape[0]!));
  const size = shape.reduce((a, b) => a * b, 1);
  const data = new Float32Array(rows.length * columns * size);
  rows.forEach((row, i) => {
    data.set(row.data.subarray(0, columns * size), i * columns * size);
  });
  const png = await sheetPng({ data, shape: [rows.length * columns, ...shape] }, { columns });
  return { ...about, content: { png } };
}

const [width, rowHeight, labels, right] = [660, 30, 260, 64];
/** p-values below this are drawn at the left edge. */
const least = 1e-3;

/** p-values on a logarithmic axis, one row each, with the 5 % level marked. */
export function pValueFigure(
  about: Omit<Figure, "content">,
  tests: readonly { readonly name: string; readonly pValue: number }[],
): Figure {
  const height = tests.length * rowHeight + 40;
  const x = (p: number): string => {
    const share = Math.log(Math.max(p, least) / least) / Math.log(1 / least);
    return (labels + share * (width - labels - right)).toFixed(1);
  };
  const rows = tests.map(({ name, pValue }, i) => {
    const y = 24 + i * rowHeight;
    return (
      `<text x="${labels - 12}" y="${y + 5}" text-anchor="end">${escapeHtml(name)}</text>` +
      `<path d="M${x(least)} ${y}H${x(1)}" stroke="#808a96" opacity=".2"/>` +
      `<circle cx="${x(pValue)}" cy="${y}" r="6" fill="${pValue < 0.05 ? "#d9731a" : "#2563c9"}"/>` +
      `<text x="${width - right + 12}" y="${y + 5}">${pValue < least ? "< 0.001" : pValue.toPrecision(2)}</text>`
    );
  });
  const ticks = [0.001, 0.01, 0.05, 0.1, 1].map(
    (p) => `<text x="${x(p)}" y="${height - 6}" text-anchor="middle">${p}</text>`,
  );
  const level = `<path d="M${x(0.05)} 8V${height - 22}" stroke="#808a96" stroke-dasharray="4 4" opacity=".6"/>`;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(about.title)}" ` +
    `font-family="system-ui, sans-serif" font-size="14" fill="#808a96">${level}${rows.join("")}${ticks.join("")}</svg>`;
  return { ...about, content: { svg } };
}
