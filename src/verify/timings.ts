/** How long pictures take: what docs/zoo/timing.json holds, and the table of it. */
import { z } from "zod";

const timing = z.object({
  model: z.string(),
  family: z.string(),
  /** Of the pictures, in pixels. */
  side: z.int(),
  /** In how many steps it samples; absent: in one go. */
  steps: z.int().optional(),
  /** For one picture: in one go, or with what earlier steps computed. */
  milliseconds: z.number(),
  /** The same without it. */
  plain: z.number().optional(),
});

export const timingsSchema = z.object({
  date: z.string(),
  processor: z.string(),
  cores: z.int(),
  /** Pictures that are made together. */
  portion: z.int(),
  rows: z.array(timing),
});

export type Timing = z.infer<typeof timing>;
export type Timings = z.infer<typeof timingsSchema>;

/** "0.042", "1.3", "1,341": three digits at the most before the point of thousands. */
export function milliseconds(value: number): string {
  const text = value >= 100 ? Math.round(value) : Number(value.toPrecision(2));
  return text.toLocaleString("en-US", { maximumFractionDigits: 6 });
}

/** The table's cells, the quickest model first. */
export function timingRows({ rows }: Timings): string[][] {
  return [...rows]
    .sort((a, b) => a.milliseconds - b.milliseconds)
    .map(({ model, family, side, steps, milliseconds: ms, plain }) => [
      model,
      family,
      `${side}×${side}`,
      steps === undefined ? "in one go" : steps.toLocaleString("en-US"),
      milliseconds(ms),
      plain === undefined ? "" : milliseconds(plain),
      plain === undefined ? "" : `${milliseconds(plain / ms)}×`,
    ]);
}

export const timingHeader = [
  "model",
  "family",
  "picture",
  "steps",
  "ms per picture",
  "ms without cache",
  "cache saves",
];
