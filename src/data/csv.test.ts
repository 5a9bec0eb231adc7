import { expect, test } from "vitest";
import { parsePoints } from "./csv.ts";

test.each([
  ["commas", "1,2\n3,-4.5\n"],
  ["semicolons and spaces", "1; 2\r\n3;-4.5"],
  ["tabs", "1\t2\n3\t-45e-1"],
  ["a header, comments, empty lines and a byte order mark", "\uFEFFx,y\n\n# drawn by hand\n1,2\n3,-4.5\n\n"],
])("reads points with %s", (_, text) => {
  expect([...parsePoints(text, "p.csv")]).toEqual([1, 2, 3, -4.5]);
});

test.each([
  ["three numbers", "x,y\n1,2\n1,2,3", /^p\.csv, line 3: got "1,2,3", expected two numbers/],
  ["one number", "5", /line 1/],
  ["a word", "1,2\n3,four", /line 2: got "3,four"/],
  ["a second line of words", "x,y\na,b", /line 2: got "a,b"/],
  ["infinity", "1,Infinity", /line 1/],
  ["a number beyond float32", "1,1e300", /line 1/],
  ["a missing number", "1,2\n,4", /line 2/],
  ["no points", "# nothing\n", /has no points/],
])("refuses %s and names the line", (_, text, message) => {
  expect(() => parsePoints(text, "p.csv")).toThrow(message);
});
