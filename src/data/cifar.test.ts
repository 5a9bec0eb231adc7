import { expect, test } from "vitest";
import { parseCifar } from "./cifar.ts";

const record = (label: number): Uint8Array =>
  Uint8Array.from({ length: 3073 }, (_, i) => (i ? i % 256 : label));

test("labels and pixels of several files come in order", () => {
  const two = new Uint8Array(2 * 3073);
  two.set(record(3));
  two.set(record(9), 3073);
  const { bytes, labels } = parseCifar([
    { name: "1", bytes: record(7) },
    { name: "2", bytes: two },
  ]);
  expect([...labels]).toEqual([7, 3, 9]);
  expect(bytes.length).toBe(3 * 3072);
  expect([...bytes.subarray(3072, 3075)]).toEqual([1, 2, 3]);
});

test("a file of another length or with an impossible label is refused", () => {
  const cut = { name: "cut.bin", bytes: new Uint8Array(3000) };
  expect(() => parseCifar([cut])).toThrow(/cut\.bin holds 3000 bytes, which is no whole number/);
  expect(() => parseCifar([{ name: "l.bin", bytes: record(10) }])).toThrow(
    /label 10 in record 0, expected 0 to 9/,
  );
});
