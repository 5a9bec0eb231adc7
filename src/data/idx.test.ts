import { expect, test } from "vitest";
import { parseIdx } from "./idx.ts";

const file = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);

test("reads a matrix of bytes", () => {
  const { shape, data } = parseIdx(file(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6), "m");
  expect(shape).toEqual([2, 3]);
  expect([...data]).toEqual([1, 2, 3, 4, 5, 6]);
});

test.each([
  ["an empty file", file(), /does not begin with an IDX header/],
  ["another magic number", file(1, 0, 8, 1, 0, 0, 0, 0), /does not begin with an IDX header/],
  ["floating-point numbers", file(0, 0, 0x0d, 1, 0, 0, 0, 1, 0, 0, 0, 0), /type 0x0d, not bytes/],
  ["no dimensions", file(0, 0, 8, 0), /claims 0 dimensions/],
  ["255 dimensions", file(0, 0, 8, 255), /claims 255 dimensions/],
  ["half a header", file(0, 0, 8, 3, 0, 0, 0, 1), /ends inside its header/],
  ["too few bytes", file(0, 0, 8, 1, 0, 0, 0, 3, 1, 2), /claims 3 = 3 bytes after its header, but 2 follow/],
  ["too many bytes", file(0, 0, 8, 1, 0, 0, 0, 1, 1, 2), /claims 1 = 1 bytes after its header, but 2 follow/],
  [
    "2⁹⁶ bytes",
    file(0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255),
    /claims 4294967295×4294967295×4294967295/,
  ],
])("refuses %s in one sentence", (_, bytes, message) => {
  expect(() => parseIdx(bytes, "bad.idx")).toThrow(message);
  expect(() => parseIdx(bytes, "bad.idx")).toThrow(/^bad\.idx /);
});
