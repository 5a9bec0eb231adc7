/** docs/zoo/results.json: the latest result of every claim. */
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { z } from "zod";
import { atomicWrite } from "../data/atomic-write.node.ts";
import { errorCode } from "../data/file-problem.node.ts";
import { UserError } from "../tensor/index.ts";
import type { Verified } from "./verify.node.ts";

/** JSON has neither NaN nor infinities. */
const number = z.union([
  z.number(),
  z.enum(["NaN", "Infinity", "-Infinity"]).transform((v): number => Number(v)),
]);
const result = z.object({
  model: z.string(),
  id: z.string(),
  claim: z.string(),
  unit: z.string(),
  threshold: z.string(),
  kind: z.enum(["paper", "calibrated", "estimate", "exact"]),
  need: z.enum(["all", "two of three", "one seed"]),
  seeds: z.array(z.int()),
  values: z.array(number),
  baseline: z.object({ name: z.string(), value: number }).optional(),
  notes: z.array(z.string()).optional(),
  holds: z.boolean(),
  error: z.string().optional(),
  seconds: z.number(),
  date: z.string(),
  cores: z.int().optional(),
});
const schema = z.array(result);

export type StoredResult = Verified & { readonly cores?: number };

/** The results of a file; none where there is no file. Throws a UserError where it does not hold. */
export async function readResults(file: string): Promise<StoredResult[]> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw new UserError(`Cannot read ${file} (${errorCode(error) ?? "unknown error"}).`, { cause: error });
  }
  const parsed = schema.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data as StoredResult[];
  const issue = parsed.error.issues[0];
  throw new UserError(
    `${file} does not hold results of imago verify: ${issue?.path.join(".")} does not fit; name another file.`,
  );
}

/** Adds results to a file: one of the same model and claim takes the place of the older. */
export async function addResults(file: string, results: readonly Verified[]): Promise<void> {
  const before = await readResults(file);
  const kept = before.filter((old) => !results.some(({ model, id }) => model === old.model && id === old.id));
  const all = [...kept, ...results.map((one) => ({ ...one, cores: availableParallelism() }))].sort(
    (a, b) => a.model.localeCompare(b.model) || a.id.localeCompare(b.id),
  );
  const exact = (_: string, value: unknown): unknown =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  await atomicWrite(file, `${JSON.stringify(all, exact, 2)}\n`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
