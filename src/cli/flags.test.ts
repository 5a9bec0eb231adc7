import { describe, expect, test } from "vitest";
import { z } from "zod";
import { UserError } from "../tensor/errors.ts";
import { assignments, checkFlags, fraction, oneOf, positive, whole } from "./flags.ts";

const schema = z.object({
  steps: whole(1).optional(),
  minutes: positive.optional(),
  ema: fraction.optional(),
  sampleEvery: whole(1).optional(),
  n: whole(1).optional(),
  preset: oneOf(["tiny", "small"]).optional(),
  set: assignments.optional(),
});

describe("checkFlags", () => {
  test("reads numbers, words and assignments", () => {
    const flags = { steps: "1e3", minutes: "0.5", ema: ".999", preset: "tiny", set: ["a=1", "b=x=y", "a=2"] };
    expect(checkFlags(schema, flags)).toEqual({
      steps: 1000,
      minutes: 0.5,
      ema: 0.999,
      preset: "tiny",
      set: { a: "2", b: "x=y" },
    });
  });

  test.each([
    [{ steps: "0" }, "--steps 0: expected a whole number of at least 1."],
    [{ steps: "-1" }, "--steps -1: expected a whole number of at least 1."],
    [{ steps: "1.5" }, "--steps 1.5: expected a whole number of at least 1."],
    [{ steps: "9007199254740993" }, "--steps 9007199254740993: expected a whole number of at least 1."],
    [{ steps: "" }, "--steps : expected a whole number of at least 1."],
    [{ steps: "0x10" }, "--steps 0x10: expected a whole number of at least 1."],
    [{ steps: "ten" }, "--steps ten: expected a whole number of at least 1."],
    [{ sampleEvery: "0" }, "--sample-every 0: expected a whole number of at least 1."],
    [{ n: "0" }, "-n 0: expected a whole number of at least 1."],
    [{ minutes: "0" }, "--minutes 0: expected a number above 0."],
    [{ minutes: "1e999" }, "--minutes 1e999: expected a number above 0."],
    [{ minutes: "Infinity" }, "--minutes Infinity: expected a number above 0."],
    [{ ema: "1" }, "--ema 1: expected a number from 0 to below 1."],
    [{ preset: "big" }, "--preset big: expected one of tiny, small."],
    [{ set: ["a=1", "b"] }, "--set b: expected key=value, such as --set latent=64."],
    [{ set: ["=1"] }, "--set =1: expected key=value, such as --set latent=64."],
  ])("%o: %s", (flags, sentence) => {
    expect(() => checkFlags(schema, flags)).toThrow(new UserError(sentence));
  });
});
