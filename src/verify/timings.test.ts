import { expect, test } from "vitest";
import { milliseconds, type Timings, timingRows, timingsSchema } from "./timings.ts";
import { zooPage } from "./zoo-page.ts";

const timings: Timings = {
  ...{ date: "2016-06-16T10:00:00.000Z", processor: "Some CPU", cores: 2, portion: 16 },
  rows: [
    { model: "slow", family: "autoregressive", side: 28, steps: 1784, milliseconds: 12, plain: 1341.4 },
    { model: "quick", family: "adversarial", side: 32, milliseconds: 0.0421 },
  ],
};

test("the quickest model comes first, and numbers are short", () => {
  expect(timingRows(timings)).toEqual([
    ["quick", "adversarial", "32×32", "in one go", "0.042", "", ""],
    ["slow", "autoregressive", "28×28", "1,784", "12", "1,341", "112×"],
  ]);
  expect([0.00123, 1.26, 99.4, 99.6, 100.4].map(milliseconds)).toEqual(["0.0012", "1.3", "99", "100", "100"]);
});

test("the zoo's page has the table where it was measured, and nothing of it otherwise", () => {
  const page = { models: [], results: [], captions: {} };
  const text = zooPage({ ...page, timings: timingsSchema.parse(timings) });
  expect(text).toContain("## How long a picture takes");
  expect(text).toContain("Some CPU, 2 cores, 2016-06-16");
  expect(text).toContain("| slow | autoregressive | 28×28 | 1,784 | 12 | 1,341 | 112× |");
  expect(zooPage(page)).not.toContain("How long");
});
