import { describe, expect, it } from "vitest";
import type { Manifest } from "./manifest.ts";
import { chartHtml, niceTicks } from "./report-chart.ts";
import { duration, reportPage } from "./report-page.ts";

const manifest: Manifest = {
  imago: "1.2.3",
  model: { name: "gan" },
  options: { latent: 4, hidden: [16, 8] },
  preset: "tiny",
  data: {
    spec: "./<b>cats</b>",
    name: "<b>cats</b>",
    kind: "image",
    shape: [3, 8, 8],
    fingerprint: "f",
    length: 9,
    flip: false,
  },
  training: { batch: 3, steps: 9, seed: 1, logEvery: 1, sampleEvery: 3, checkpointEvery: 3, keep: 3 },
  device: "cpu",
  created: "2026-01-01T00:00:00.000Z",
  versions: { node: "20.19.0" },
};
const metrics = [1, 2, 3].map((step) => ({
  step,
  epoch: step / 3,
  losses: { "D.loss": 1 / step, "D.real": step, "G.loss": step === 2 ? null : 2 },
  gradNorms: { D: 0.1 * step, G: 1 },
  examplesPerSecond: 100,
  seconds: step,
}));
const page = reportPage({
  name: "gan-cats-0001",
  title: "Generative adversarial network",
  manifest,
  metrics,
  samples: [
    { step: 0, image: "data:image/png;base64,AA" },
    { step: 3, image: "data:image/png;base64,BB" },
  ],
  reconstructions: [],
});

describe("report.html", () => {
  it("needs no other file and no network", () => {
    expect(page).not.toMatch(/(src|href)="(?!data:)/);
    expect(page).not.toMatch(/https?:|@import|url\(/);
  });

  it("shows names from outside as text, never as markup", () => {
    expect(page).not.toContain("<b>cats</b>");
    expect(page).toContain("&lt;b&gt;cats&lt;/b&gt;");
  });

  it("has curves for losses, other numbers and gradient norms, and the pictures behind a slider", () => {
    expect(page.match(/<figcaption><b>[^<]*/g)?.map((s) => s.slice(15))).toEqual([
      "Samples",
      "Loss",
      "Also logged",
      "Gradient norm",
    ]);
    expect(page).toContain('max="1" value="1"');
    expect(page).toContain("16 × 8");
  });
});

describe("a chart", () => {
  it("leaves a gap where a number is missing", () => {
    const values = [1, 2, Number.NaN, 4, 5];
    const svg = chartHtml({ title: "t", steps: [1, 2, 3, 4, 5], series: [{ name: "a", values }] });
    const path = /class="line series-0" d="([^"]*)"/.exec(svg)![1]!;
    expect(path.match(/[ML]/g)?.join("")).toBe("MLML");
  });

  it("is drawn for a single point, and for none", () => {
    for (const values of [[3], []]) {
      const svg = chartHtml({ title: "t", steps: values.map(() => 1), series: [{ name: "a", values }] });
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    }
  });

  it("shrinks long runs to means, and keeps the last step", () => {
    const steps = Array.from({ length: 10_000 }, (_, i) => i + 1);
    const svg = chartHtml({ title: "t", steps, series: [{ name: "a", values: steps }] });
    expect(svg.length).toBeLessThan(30_000);
    expect(svg).toContain("10000]");
  });

  it("has round ticks", () => {
    expect(niceTicks(0.13, 1.9, 5)).toEqual([0.5, 1, 1.5]);
    expect(niceTicks(-7, 13, 5)).toEqual([-5, 0, 5, 10]);
  });
});

describe("a duration", () => {
  it.each([
    [3.24, "3.2 s"],
    [59.9, "1 min 0 s"],
    [125, "2 min 5 s"],
    [7260, "2 h 1 min"],
  ])("%d seconds is %s", (seconds, text) => expect(duration(seconds)).toBe(text));
});
