/** Curves over steps as an SVG that a script on the page can read values from. */

export interface Series {
  readonly name: string;
  /** One value for each step; NaN where there is none. */
  readonly values: readonly number[];
}

export interface ChartData {
  readonly title: string;
  readonly steps: readonly number[];
  readonly series: readonly Series[];
  /** Powers of ten upwards; only for positive numbers. */
  readonly logarithmic?: boolean;
}

const [width, height] = [620, 280];
const box = { left: 60, right: width - 14, top: 12, bottom: height - 34 };
/** As many points as are seen as a line; each is the mean of the logged steps around it. */
const mostPoints = 360;

/** Figure with legend. Colours are CSS classes `series-0` … */
export function chartHtml({ title, steps, series, logarithmic = false }: ChartData): string {
  const thin = thinned(steps, series);
  const y = axis(thin.series, logarithmic);
  const first = thin.steps[0] ?? 0;
  const last = Math.max(thin.steps.at(-1) ?? 1, first + 1);
  const px = (step: number): number => box.left + ((step - first) / (last - first)) * (box.right - box.left);
  const lines = thin.series.map(({ values }, i) => {
    const points = values.map((v, k) =>
      y.shows(v) ? `${px(thin.steps[k]!).toFixed(1)} ${y.at(v).toFixed(1)}` : "",
    );
    return `<path class="line series-${i}" d="${pathOf(points)}"/>`;
  });
  const yTicks = y.ticks.map(
    (v) =>
      `<path class="grid" d="M${box.left} ${y.at(v).toFixed(1)}H${box.right}"/>` +
      `<text x="${box.left - 8}" y="${(y.at(v) + 4).toFixed(1)}" text-anchor="end">${label(v)}</text>`,
  );
  const xTicks = niceTicks(first, last, 6).map(
    (v) => `<text x="${px(v).toFixed(1)}" y="${height - 12}" text-anchor="middle">${label(v)}</text>`,
  );
  const legend = thin.series.map(
    ({ name }, i) => `<span><i class="series-${i}"></i>${escapeHtml(name)}</span>`,
  );
  const data = { steps: thin.steps, series: thin.series, box, first, last, width };
  return (
    `<figure class="chart"><figcaption><b>${escapeHtml(title)}</b>${legend.join("")}</figcaption>` +
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(title)} over steps" data-chart="${escapeHtml(JSON.stringify(data))}">` +
    `${yTicks.join("")}${xTicks.join("")}<path class="cursor" d=""/>${lines.join("")}</svg><output></output></figure>`
  );
}

/** Means over neighbours, so that no chart is larger than a person can see. */
function thinned(steps: readonly number[], series: readonly Series[]): { steps: number[]; series: Series[] } {
  const stride = Math.max(1, Math.ceil(steps.length / mostPoints));
  const groups = Array.from({ length: Math.ceil(steps.length / stride) }, (_, i) => i * stride);
  const meanOf = (values: readonly number[]): number => {
    const known = values.filter((v) => !Number.isNaN(v));
    return known.length === 0
      ? Number.NaN
      : Number((known.reduce((a, b) => a + b, 0) / known.length).toPrecision(5));
  };
  return {
    steps: groups.map((i) => steps[Math.min(i + stride, steps.length) - 1]!),
    series: series.map(({ name, values }) => ({
      name,
      values: groups.map((i) => meanOf(values.slice(i, i + stride))),
    })),
  };
}

interface Axis {
  /** The height at which a value is drawn. */
  at(value: number): number;
  shows(value: number): boolean;
  readonly ticks: readonly number[];
}

function axis(series: readonly Series[], logarithmic: boolean): Axis {
  const scale = logarithmic ? Math.log10 : (v: number): number => v;
  const shows = (v: number): boolean => Number.isFinite(scale(v));
  const known = series.flatMap(({ values }) => values.filter(shows).map(scale));
  const [low, high] = frame(known);
  const part = (v: number): number => Math.min(1, Math.max(0, (scale(v) - low) / (high - low)));
  const at = (v: number): number => box.bottom - part(v) * (box.bottom - box.top);
  const ticks = logarithmic ? decades(low, high) : niceTicks(low, high, 5);
  return { at, shows, ticks };
}

/** The range of the values. A few that stick out far, such as the first losses, do not flatten the rest. */
function frame(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1];
  const sorted = [...values].sort((a, b) => a - b);
  const share = (part: number): number => sorted[Math.round(part * (sorted.length - 1))]!;
  const usual = share(0.98) - share(0.02);
  const low = Math.max(sorted[0]!, share(0.02) - usual);
  const high = Math.min(sorted.at(-1)!, share(0.98) + usual);
  const room = (high - low || Math.abs(high) || 1) * 0.06;
  return [low - room, high + room];
}

/** Round numbers from `low` to `high`, about `count` of them. */
export function niceTicks(low: number, high: number, count: number): number[] {
  const raw = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw) ?? raw;
  const ticks: number[] = [];
  for (let k = Math.ceil(low / step); k * step <= high + step * 1e-9; k++)
    ticks.push(Number((k * step).toPrecision(12)));
  return ticks;
}

/** Powers of ten, or 1, 2 and 5 times them where there are few. */
function decades(low: number, high: number): number[] {
  const multiples = high - low > 2 ? [1] : [1, 2, 5];
  const exponents = Array.from(
    { length: Math.ceil(high) - Math.floor(low) + 1 },
    (_, i) => Math.floor(low) + i,
  );
  return exponents
    .flatMap((e) => multiples.map((m) => Number((m * 10 ** e).toPrecision(1))))
    .filter((v) => Math.log10(v) >= low && Math.log10(v) <= high);
}

/** "M… L…" with a new beginning after each gap. */
function pathOf(points: readonly string[]): string {
  return points
    .map((p, i) => (p === "" ? "" : `${i === 0 || points[i - 1] === "" ? "M" : "L"}${p}`))
    .join("");
}

function label(v: number): string {
  const size = Math.abs(v);
  if (size >= 1e6 || (size > 0 && size < 1e-3)) return v.toExponential(0).replace("e+", "e");
  return size >= 1000 ? v.toLocaleString("en") : String(v);
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
