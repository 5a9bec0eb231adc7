import { expect, test } from "vitest";
import { type PhiloxCounter, type PhiloxKey, philox } from "./philox.ts";

const ones = 0xffffffff;
// Known answers published with Random123 (kat_vectors, philox4x32 10).
const known: [PhiloxCounter, PhiloxKey, number[]][] = [
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [ones, ones, ones, ones],
    [ones, ones],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
];

test.each(known)("counter %j under key %j gives the published words", (counter, key, words) => {
  expect([...philox(new Uint32Array(4), key, counter)]).toEqual(words);
});

test("blocks of one fill are the blocks of consecutive counters, also across the carry", () => {
  const key: PhiloxKey = [7, 8];
  const all = philox(new Uint32Array(12), key, [ones, 5, 6, 7]);
  const counters: PhiloxCounter[] = [
    [ones, 5, 6, 7],
    [0, 6, 6, 7],
    [1, 6, 6, 7],
  ];
  expect([...all]).toEqual(counters.flatMap((c) => [...philox(new Uint32Array(4), key, c)]));
});

test("a shorter fill is a prefix of a longer one, whatever the length", () => {
  const long = philox(new Uint32Array(11), [1, 2], [3, 4, 5, 6]);
  for (let n = 0; n <= 11; n++) {
    expect([...philox(new Uint32Array(n), [1, 2], [3, 4, 5, 6])]).toEqual([...long.subarray(0, n)]);
  }
});
