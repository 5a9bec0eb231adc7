import { z } from "zod";
import { UserError } from "../tensor/index.ts";

const count = z.int().positive();

/** manifest.json: all that is needed to repeat a run or to go on with it. */
const manifestSchema = z.object({
  imago: z.string(), // the version of Imago that began it
  model: z.object({
    name: z.string(),
    /** The user's own model file, relative to the run folder; absent for Imago's models. */
    file: z.string().optional(),
    /** SHA-256 of that file when the run began. */
    hash: z.string().optional(),
  }),
  options: z.record(z.string(), z.unknown()),
  preset: z.enum(["tiny", "small", "paper"]),
  data: z.object({
    spec: z.string(),
    name: z.string(),
    kind: z.enum(["image", "points"]),
    shape: z.array(count).min(1),
    classes: count.optional(),
    levels: z.int().min(2).optional(),
    fingerprint: z.string(),
    length: count,
    size: count.optional(),
    channels: z.union([z.literal(1), z.literal(3)]).optional(),
    /** Of procedural data and of random splits. */
    seed: z.int().optional(),
    flip: z.boolean(),
  }),
  training: z.object({
    batch: count,
    steps: count.optional(),
    epochs: z.number().positive().optional(),
    minutes: z.number().positive().optional(),
    seed: z.int(),
    logEvery: count,
    sampleEvery: count,
    checkpointEvery: count,
    keep: count,
    ema: z.number().min(0).lt(1).optional(),
    recompute: z.boolean().optional(),
  }),
  device: z.string(),
  created: z.string(), // ISO 8601
  versions: z.record(z.string(), z.string()),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** Checks the text of a manifest. `where` names the file in messages. */
export function parseManifest(text: string, where: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new UserError(`${where} is no JSON; it is not the manifest of a run, or it is damaged.`);
  }
  const parsed = manifestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue?.path.join(".") || "the whole";
  throw new UserError(
    `${where} is not the manifest of a run: ${place} does not fit (${issue?.message ?? "unknown"}); start a new run.`,
  );
}
