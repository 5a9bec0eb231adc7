import { expect, test } from "vitest";
import { deriveKey, keysAfter } from "./key.ts";

test("the same parts give the same key, in every process", () => {
  expect(deriveKey(1, "train/D", 20, 0)).toEqual(deriveKey(1, "train/D", 20, 0));
  expect(deriveKey()).toEqual([0, 0]);
});

test("keys of which the first parts are known are the same keys", () => {
  expect(keysAfter(1, "train")(20, 0)).toEqual(deriveKey(1, "train", 20, 0));
  expect(keysAfter()("weight")).toEqual(deriveKey("weight"));
});

test("different parts give different keys", () => {
  const parts: (string | number)[][] = [
    ["ab", "c"],
    ["a", "bc"],
    ["abc"],
    ["abc", ""],
    ["", "abc"],
    [1],
    ["1"],
    [1, 0],
    [0, 1],
    [0.5],
    [-1],
    [2 ** 53 - 1],
    [2 ** 32],
    [2 ** 32 + 1],
  ];
  expect(new Set(parts.map((p) => deriveKey(...p).join())).size).toBe(parts.length);
  expect(deriveKey(-0)).toEqual(deriveKey(0));
});

test("consecutive steps give keys without pattern: each bit flips in half of them", () => {
  const flips = new Array<number>(64).fill(0);
  for (let step = 0; step < 2000; step++) {
    const [a, b] = [deriveKey(7, "f", step, 0), deriveKey(7, "f", step + 1, 0)];
    for (let bit = 0; bit < 64; bit++) flips[bit]! += ((a[bit >> 5]! ^ b[bit >> 5]!) >>> (bit & 31)) & 1;
  }
  // A fair coin thrown 2000 times stays within 5 standard deviations (112) of 1000.
  for (const count of flips) expect(Math.abs(count - 1000)).toBeLessThan(112);
});
