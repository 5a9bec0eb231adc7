import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { UserError } from "../tensor/errors.ts";
import { reportError } from "./errors.node.ts";

let printed = "";
beforeEach(() => {
  printed = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(() => void vi.restoreAllMocks());

describe("reportError", () => {
  test("a mistake is one sentence and code 2", () => {
    expect(reportError(new UserError("steps is 0, expected 1."))).toBe(2);
    expect(printed).toBe("imago: steps is 0, expected 1.\n");
  });

  test.each(["ENOSPC", "EROFS", "EACCES", "ENOTDIR"])("%s is a mistake that names the path", (code) => {
    expect(reportError(Object.assign(new Error("raw"), { code, path: "/there" }))).toBe(2);
    expect(printed).toMatch(/^imago: \/there: [^\n]+\.\n$/);
    expect(printed).not.toContain("raw");
  });

  test("an error in a file outside the package names its line", () => {
    const error = new TypeError("x.foo is not a function");
    error.stack = [
      "TypeError: x.foo is not a function",
      "    at check (file:///home/me/node_modules/zod/index.js:1:2)",
      "    at build (file:///home/me/my%20model.js:12:7)",
      `    at train (${import.meta.url}:1:1)`,
    ].join("\n");
    expect(reportError(error)).toBe(2);
    expect(printed).toBe("imago: /home/me/my model.js:12: x.foo is not a function.\n");
  });

  test("what cannot be held in memory is a mistake", () => {
    expect(reportError(tryToHold(2 ** 53 - 1))).toBe(2);
    expect(printed).toMatch(/^imago: this does not fit into memory [^\n]+--batch or --size\.\n$/);
  });

  test("anything else is a bug: its stack, where to report it, and code 1", () => {
    expect(reportError(new TypeError("undefined is not a tensor"))).toBe(1);
    expect(printed).toMatch(/^TypeError: undefined is not a tensor\n {4}at /);
    expect(printed).toMatch(/this is a bug in Imago.*Please report it.*imago doctor/);
    expect(reportError("a string")).toBe(1);
  });
});

function tryToHold(numbers: number): unknown {
  try {
    return new Float32Array(numbers);
  } catch (error) {
    return error;
  }
}
