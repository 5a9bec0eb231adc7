import { expect, test } from "vitest";
import { traceFunction } from "../runtime/specialize.ts";
import { type Shape, type Tensor, zeros } from "../tensor/index.ts";
import { network } from "./network.ts";
import { convDecoder, convEncoder, pyramid } from "./pyramid.ts";

test("sizes are halved, rounded up, down to 3 or 4", () => {
  expect(pyramid([1, 28, 28])).toEqual([4, 7, 14, 28]);
  expect(pyramid([3, 128, 128])).toEqual([4, 8, 16, 32, 64, 128]);
  expect(pyramid([3, 48, 48])).toEqual([3, 6, 12, 24, 48]);
  expect(pyramid([1, 6, 6])).toEqual([3, 6]);
});

test("pictures that are not square, or no pictures, are refused", () => {
  expect(() => pyramid([3, 32, 48])).toThrow("the examples are [3, 32, 48], expected square pictures");
  expect(() => pyramid([2])).toThrow("the examples are [2]");
  expect(() => pyramid([1, 4, 4])).toThrow("at least 6 pixels");
});

/** Shapes of what `body` returns, without running it. */
const shapeOf = (body: () => Tensor): Shape =>
  (traceFunction(body, [], () => false, { name: "f" }).result as Tensor).shape;

test.each([6, 16, 27, 28, 30, 48, 64])("encoder and decoder meet at %i pixels", (size) => {
  const encode = network("E", (x: Tensor) => convEncoder(x, 2));
  const decode = network("D", (z: Tensor) => convDecoder(z, [3, size, size], 2));
  const [base, ...doublings] = pyramid([3, size, size]) as [number, ...number[]];
  const features = 2 * 2 ** (doublings.length - 1) * base ** 2;
  expect(shapeOf(() => encode(zeros([5, 3, size, size])))).toEqual([5, features]);
  expect(shapeOf(() => decode(zeros([5, 7])))).toEqual([5, 3, size, size]);
});
