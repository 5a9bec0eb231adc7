import type { Command } from "commander";
import { z } from "zod";
import type { Verified } from "../../verify/verify.node.ts";
import { exitCodes } from "../errors.node.ts";
import { checkFlags, text } from "../flags.ts";
import { duration, rounded } from "../format.ts";
import { interruptible } from "../interrupt.node.ts";
import { openOutput, table } from "../output.node.ts";

const examples = `
Examples:
  $ imago verify made nade                  every claim about two models, on three seeds
  $ imago verify pixelcnn --claims xormesh-nll --seeds 1
  $ imago verify --out docs/zoo/results.json  all of them, into the file that docs/zoo.md is made from
  $ imago verify --timing --out docs/zoo/timing.json  milliseconds per picture of every model, in one table

A claim that fails is a result like any other: it is printed and written as failing. The exit code is 0 unless something could
not be measured at all.`;

const seeds = z
  .string()
  .refine((list) => /^\d+(,\d+)*$/.test(list), "expected whole numbers such as 1,2,3")
  .transform((list) => list.split(",").map(Number));
const schema = z.object({
  seeds,
  claims: text.transform((list) => list.split(",")).optional(),
  runs: text,
  reuse: z.boolean().default(false),
  out: text.optional(),
  pictures: text.optional(),
  timing: z.boolean().default(false),
  json: z.boolean().default(false),
});

export function define(command: Command): void {
  command
    .argument("[models...]", "models with claims (default: all)")
    .option("--seeds <list>", "measure with these", "1,2,3")
    .option("--claims <ids>", "only these")
    .option("--runs <folder>", "where the models are trained", "runs/verify")
    .option("--reuse", "take runs that are there, where they were trained to their end as planned")
    .option("--out <file>", "add the results to this .json file")
    .option("--pictures <folder>", "draw each model's picture, and its animation, into this folder")
    .option("--timing", "instead, measure how long each model takes for a picture")
    .option("--json", "print one JSON object per line")
    .addHelpText("after", examples)
    .action(verify);
}

async function verify(models: readonly string[], flags: object): Promise<void> {
  const checked = checkFlags(schema, flags);
  if (checked.timing) return await time(models, checked);
  const { seeds, claims, runs, reuse, out: file, pictures, json } = checked;
  const { verify: run } = await import("../../verify/verify.node.ts");
  const { addResults } = await import("../../verify/results.node.ts");
  const { drawPictures } = await import("../../verify/pictures.node.ts");
  const out = openOutput({ json });
  let [measured, failed, broken] = [0, 0, 0];
  const work = async (signal: AbortSignal): Promise<void> => {
    const say = (what: string): void => void (json || process.stderr.write(`  ${what}\n`));
    const options = { models, seeds, folder: runs, reuse, say, signal, ...(claims && { claims }) };
    for await (const result of run(options)) {
      measured++;
      if (!result.holds) failed++;
      if (result.error !== undefined) broken++;
      out.emit({ type: "verified", ...result });
      out.say(lines(result));
      if (file !== undefined) await addResults(file, [result]);
    }
    if (pictures !== undefined) await drawPictures({ ...options, out: pictures });
  };
  await untilStopped(work, "stopping; what was measured is kept");
  out.say(
    `${measured - failed} of ${measured} claims hold${file === undefined ? "" : `; written to ${file}`}.`,
  );
  if (broken > 0) process.exitCode ??= 1;
}

/** Does the work until it is done or a person stops it, which is no error. */
async function untilStopped(work: (signal: AbortSignal) => Promise<void>, said: string): Promise<void> {
  try {
    await interruptible(work, () => void process.stderr.write(`${said}\n`));
  } catch (error) {
    if (!(error instanceof Error && error.name === "AbortError")) throw error;
    process.exitCode = exitCodes.interrupted;
  }
}

/** Measures how long pictures take, and prints the table of it. */
async function time(
  models: readonly string[],
  { out: file, json }: { readonly out?: string | undefined; readonly json: boolean },
): Promise<void> {
  const { timings } = await import("../../verify/timing.node.ts");
  const { timingHeader, timingRows } = await import("../../verify/timings.ts");
  const out = openOutput({ json });
  const work = async (signal: AbortSignal): Promise<void> => {
    const say = (what: string): void => void (json || process.stderr.write(`  ${what}\n`));
    const measured = await timings({ models, say, signal });
    out.emit({ type: "timed", ...measured });
    out.say(table([timingHeader, ...timingRows(measured)]));
    if (file === undefined) return;
    const { atomicWrite } = await import("../../data/atomic-write.node.ts");
    await atomicWrite(file, `${JSON.stringify(measured, null, 2)}\n`);
    out.say(`\nWritten to ${file}.`);
  };
  await untilStopped(work, "stopping");
}

/** A claim and what was found, in a few lines. */
function lines({
  model,
  id,
  claim,
  holds,
  values,
  seeds,
  unit,
  threshold,
  baseline,
  notes,
  error,
  seconds,
}: Verified): string {
  const found = values.map((value, i) => `${rounded(value)} (seed ${seeds[i]})`).join(", ");
  const compared = baseline ? `; ${baseline.name}: ${rounded(baseline.value)}` : "";
  return [
    `${holds ? "holds" : "FAILS"}  ${model} ${id}: ${claim}`,
    `       ${found} ${unit}, threshold ${threshold}${compared}; ${duration(seconds)}`,
    ...(notes ?? []).map((note) => `       ${note}`),
    ...(error === undefined ? [] : [`       could not be measured: ${error}`]),
  ].join("\n");
}
