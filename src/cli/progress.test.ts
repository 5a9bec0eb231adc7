import { describe, expect, test } from "vitest";
import { loadingLine, lossesText, progressLine, standingLine } from "./progress.node.ts";

const erase = "\u001b[2K";

/** What a terminal shows after some output: of each line, what came after the last erasure. */
function screen(output: string): string[] {
  return output.split("\n").map((line) => line.split(erase).at(-1)!.replaceAll("\r", ""));
}

function draw(
  isTTY: boolean,
  columns?: number,
): { text: () => string; line: ReturnType<typeof progressLine> } {
  let text = "";
  const write = (part: string): void => {
    text += part;
  };
  return {
    text: () => text,
    line: progressLine({ isTTY, write, ...(columns !== undefined && { columns }) }),
  };
}

describe("progressLine", () => {
  test("redraws one line in a terminal, below the lines that stay", () => {
    const { text, line } = draw(true, 40);
    line.draw("1 of 3");
    line.draw("2 of 3");
    line.print("a sheet");
    expect(screen(text())).toEqual(["a sheet", "2 of 3"]);
    line.draw("3");
    line.clear();
    line.print("done");
    expect(screen(text())).toEqual(["a sheet", "done", ""]);
  });

  test("never fills a row of the terminal, also where it does not tell its width", () => {
    for (const columns of [10, 0]) {
      const { text, line } = draw(true, columns);
      line.draw("x".repeat(200));
      expect(screen(text())[0]).toHaveLength((columns || 80) - 1);
    }
  });

  test("prints plain lines and no redrawn ones elsewhere", () => {
    const { text, line } = draw(false);
    line.draw("1 of 3");
    line.print("a sheet");
    line.clear();
    expect(text()).toBe("a sheet\n");
  });
});

describe("the texts", () => {
  test("a standing begins with what must not be cut: bar, step, time left", () => {
    const losses = { "D.loss": 1.25, "G.loss": 0.75 };
    const standing = { step: 50, steps: 200, part: 0.25, losses, examplesPerSecond: 812.34, secondsLeft: 75 };
    expect(standingLine(standing)).toBe(
      "█████░░░░░░░░░░░░░░░  50/200  1:15 left  812.3 examples/s  D 1.250  G 0.7500",
    );
    expect(standingLine({ step: 7, losses: {}, examplesPerSecond: 3 })).toBe("7  3 examples/s  ");
  });

  test("numbers go by short names where these are clear", () => {
    expect(lossesText({ "D.loss": 1, "D.D(x)": 0.5, "G.loss": Number.NaN })).toBe("D 1  D(x) 0.5000  G NaN");
    expect(lossesText({ "D.mean": 1, "G.mean": 2 })).toBe("D.mean 1  G.mean 2");
  });

  test("loading counts", () => {
    expect(loadingLine({ stage: "reading", done: 1750, total: 3500 })).toBe(
      "reading  ██████████░░░░░░░░░░  1,750 of 3,500",
    );
    expect(loadingLine({ stage: "reading", done: 0, total: 0 })).toContain("0 of 0");
  });
});
