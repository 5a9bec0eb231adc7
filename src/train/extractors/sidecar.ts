/** The sidecar of an ONNX feature extractor, model.json beside model.onnx: how pictures are to be fed, and what comes out. */
import { z } from "zod";
import { resizers } from "../../data/resizers.ts";
import { UserError } from "../../tensor/index.ts";

const side = z.int().min(1).max(2048);
const name = z.string().min(1).max(1000);
/** One number for each channel, or one for all. */
const perChannel = z.union([
  z.number(),
  z
    .array(z.number())
    .min(1)
    .max(3)
    .refine((list) => list.length !== 2, "one number, or one for each channel"),
]);

const sidecarSchema = z
  .strictObject({
    input: name.describe("name of the input"),
    size: z.union([side, z.tuple([side, side])]).describe("pixels of the square, or [height, width]"),
    channels: z.union([z.literal(1), z.literal(3)]),
    layout: z.enum(["NCHW", "NHWC"]).default("NCHW"),
    resize: z.enum(resizers).default("bicubic"),
    range: z
      .tuple([z.number(), z.number()])
      .refine(([low, high]) => low < high, "the first below the second")
      .optional()
      .describe("what black and white become: [0, 1], [-1, 1] or [0, 255]"),
    mean: perChannel.optional().describe("subtracted from pixels in [0, 1]"),
    std: perChannel.optional().describe("what they are then divided by"),
    features: name.describe("name of the output with the features, [N, d]"),
    logits: name.optional().describe("name of an output with the logits of classes, [N, classes]"),
  })
  .refine(({ range, mean, std }) => (range === undefined) === (mean !== undefined && std !== undefined), {
    message: "expected either range, or mean and std",
  })
  .refine(
    ({ channels, mean, std }) =>
      [mean, std].every((v) => !Array.isArray(v) || v.length === 1 || v.length === channels),
    { message: "mean and std need one number for each channel" },
  )
  .refine(({ std }) => ![std ?? 1].flat().includes(0), { message: "std must not be 0" });

export type Sidecar = z.infer<typeof sidecarSchema>;

/** Checks the text of a sidecar; `file` names it in messages. */
export function parseSidecar(text: string, file: string): Sidecar {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new UserError(`${file} is no JSON; write it like this: ${exampleSidecar}`);
  }
  const parsed = sidecarSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue?.path.join(".");
  throw new UserError(
    `${file} does not describe an extractor: ${place ? `${place}: ` : ""}${issue?.message ?? "unknown"}; write it like this: ${exampleSidecar}`,
  );
}

const exampleSidecar = JSON.stringify({
  input: "images",
  size: 299,
  channels: 3,
  layout: "NCHW",
  resize: "bicubic",
  range: [-1, 1],
  features: "features",
  logits: "logits",
} satisfies Sidecar);

/** Height and width that the network wants. */
export function sidesOf({ size }: Sidecar): { height: number; width: number } {
  const [height, width] = typeof size === "number" ? [size, size] : size;
  return { height, width };
}

/** For each channel the a and b of a·v + b, which takes pixels v in [−1, 1] to what the network wants. */
export function scaleOf({ channels, range, mean = 0, std = 1 }: Sidecar): { a: number; b: number }[] {
  const at = (values: number | readonly number[], c: number): number =>
    typeof values === "number" ? values : (values[c] ?? values[0]!);
  return Array.from({ length: channels }, (_, c) => {
    if (range) return { a: (range[1] - range[0]) / 2, b: (range[0] + range[1]) / 2 };
    return { a: 0.5 / at(std, c), b: (0.5 - at(mean, c)) / at(std, c) };
  });
}
