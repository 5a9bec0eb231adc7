/** Checks what stands on the command line, with a sentence about the first flag that is wrong. */
import { z } from "zod";
import { UserError } from "../tensor/errors.ts";

const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A whole number of at least `least`, and at most `most` where that is given. */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER): z.ZodType<number> {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  const expected = `expected a whole number ${range}`;
  return z
    .string()
    .refine((text) => number.test(text), expected)
    .transform(Number)
    .refine((value) => Number.isSafeInteger(value) && value >= least && value <= most, expected);
}

/** A number above 0. */
export const positive = z
  .string()
  .refine(
    (text) => number.test(text) && Number(text) > 0 && Number.isFinite(Number(text)),
    "expected a number above 0",
  )
  .transform(Number);

/** A number of at least 0. */
export const atLeastZero = z
  .string()
  .refine(
    (text) => number.test(text) && Number(text) >= 0 && Number.isFinite(Number(text)),
    "expected a number of at least 0",
  )
  .transform(Number);

/** A fraction from 0 (inclusive) to 1 (exclusive). */
export const fraction = z
  .string()
  .refine(
    (text) => number.test(text) && Number(text) >= 0 && Number(text) < 1,
    "expected a number from 0 to below 1",
  )
  .transform(Number);

/** One of some words. */
export function oneOf<const T extends readonly string[]>(words: T): z.ZodType<T[number]> {
  return z.enum(words, { error: `expected one of ${words.join(", ")}` });
}

export const device = oneOf(["auto", "cpu", "webgpu", "cuda"]);
/** Seeds are unsigned 32-bit numbers. */
export const seed = whole(0, 2 ** 32 - 1);
export const text = z.string().min(1, "expected some text");

/** Splits `key=value` flags into a record; a key given twice keeps its last value. */
export const assignments = z
  .array(z.string().refine((entry) => /^[^=]+=/.test(entry), "expected key=value, such as --set latent=64"))
  .transform((entries) =>
    Object.fromEntries(
      entries.map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]),
    ),
  );

/** The flags as the schema reads them. Throws a UserError that names the first wrong one and what it got. */
export function checkFlags<S extends z.ZodObject>(schema: S, flags: object): z.infer<S> {
  const parsed = schema.safeParse(flags);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  const [key, index] = path;
  const value = (flags as Record<string, unknown>)[String(key)];
  const got = typeof index === "number" && Array.isArray(value) ? value[index] : value;
  throw new UserError(`${flagName(String(key))} ${String(got)}: ${message}.`);
}

/** sampleEvery → --sample-every; the one-letter flag of the number of examples stays short. */
function flagName(key: string): string {
  if (key.length === 1) return `-${key}`;
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
