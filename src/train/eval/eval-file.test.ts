import { describe, expect, test } from "vitest";
import { UserError } from "../../tensor/index.ts";
import { compareScores } from "./compare.ts";
import {
  type EvalFile,
  formatEvalFile,
  mergeEvaluations,
  parseEvalFile,
  type StoredScore,
} from "./eval-file.ts";

const score = (over: Partial<StoredScore> = {}, fake = 1000): StoredScore => ({
  name: "fid",
  value: 12,
  better: "lower",
  step: 5,
  created: "2026-01-01T00:00:00.000Z",
  protocol: { metric: "fid", convention: "float64", fake, real: 1000, seed: 0 },
  ...over,
});
const file = (...scores: StoredScore[]): EvalFile => ({ imago: "0.1.0", scores, figures: [] });

describe("eval.json", () => {
  test("comes back as it was written, infinities too", () => {
    const written = file(
      score({ value: Number.POSITIVE_INFINITY, details: { counts: [1, 2], bias: Number.NaN } }),
    );
    expect(parseEvalFile(formatEvalFile(written), "eval.json")).toEqual(written);
  });

  test.each([
    ["[", /is no JSON/],
    ["{}", /does not hold evaluations/],
    [JSON.stringify({ imago: "1", scores: [{ name: 1 }], figures: [] }), /scores.0.name/],
    [
      JSON.stringify({ imago: "1", scores: [], figures: [{ file: "../a.png", title: "", caption: "" }] }),
      /figures.0.file/,
    ],
  ])("that is %s is refused", (text, reason) => {
    expect(() => parseEvalFile(text, "eval.json")).toThrow(reason);
    expect(() => parseEvalFile(text, "eval.json")).toThrow(UserError);
  });

  test("keeps scores of other protocols and steps, and replaces equal ones", () => {
    const before = file(score(), score({ step: 4, value: 20 }), score({ value: 30 }, 500));
    const merged = mergeEvaluations(before, file(score({ value: 11 })));
    expect(merged.scores.map(({ value }) => value)).toEqual([20, 30, 11]);
  });
});

describe("compareScores", () => {
  test("ranks numbers of one protocol", () => {
    const [row] = compareScores([
      { name: "a", scores: [score()] },
      { name: "b", scores: [score({ value: 9 })] },
    ]);
    expect(row).toMatchObject({ name: "fid", differences: [], cells: [{ best: false }, { best: true }] });
  });

  test("refuses to rank different protocols, and says what differs", () => {
    const [row] = compareScores([
      { name: "a", scores: [score()] },
      { name: "b", scores: [score({ value: 9 }, 500)] },
    ]);
    expect(row!.cells.map((cell) => cell!.best)).toEqual([false, false]);
    expect(row!.differences).toEqual(["a and b differ in fake: 1000 and 500"]);
    expect(row!.protocol).toBeUndefined();
  });

  test("chooses a protocol that all have, among several", () => {
    const [row] = compareScores([
      { name: "a", scores: [score({ created: "2026-02-01" }, 500), score({ value: 8 })] },
      { name: "b", scores: [score({ value: 9 })] },
    ]);
    expect(row).toMatchObject({
      differences: [],
      cells: [
        { value: 8, best: true },
        { value: 9, best: false },
      ],
    });
  });

  test("leaves out what only one has, and does not rank what has no better side", () => {
    const rows = compareScores([
      { name: "a", scores: [score(), score({ name: "is" })] },
      { name: "b", scores: [{ ...score(), better: undefined as never }] },
    ]);
    expect(rows.map(({ name }) => name)).toEqual(["fid"]);
  });
});
