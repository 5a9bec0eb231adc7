import { basename, dirname, join } from "node:path";
import type { Command } from "commander";
import { z } from "zod";
import { UserError } from "../../tensor/errors.ts";
import { checkFlags } from "../flags.ts";
import { rounded } from "../format.ts";
import { openOutput, table } from "../output.node.ts";

const examples = `
Examples:
  $ imago compare dcgan-mnist-0001 vae-mnist-0002
  $ imago compare runs/a runs/b other/eval.json --metrics fid,precision,recall

Numbers are ranked only where they were measured in the same way: same extractor, same reference, same numbers of
examples, same seed. Where protocols differ, what differs is said instead. Measure with imago eval.`;

const schema = z.object({
  metrics: z
    .string()
    .transform((list) => list.split(",").map((name) => name.trim()))
    .optional(),
  json: z.boolean().default(false),
});

export function define(command: Command): void {
  command
    .argument("<evaluations...>", "runs, or eval.json files: two or more")
    .option("--metrics <names>", "only these scores, such as fid,precision")
    .option("--json", "print one JSON object per line")
    .addHelpText("after", examples)
    .action(compare);
}

async function compare(names: readonly string[], flags: object): Promise<void> {
  const { metrics, json } = checkFlags(schema, flags);
  if (names.length < 2) {
    throw new UserError(
      "compare needs at least two evaluations; name two runs, or files that imago eval wrote.",
    );
  }
  const { compareScores } = await import("../../train/eval/compare.ts");
  const contestants = await Promise.all(names.map(open));
  const known = [...new Set(contestants.flatMap(({ scores }) => scores.map(({ name }) => name)))];
  const unknown = metrics?.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new UserError(`None of them has a score ${unknown}; there are ${known.join(", ")}.`);
  }
  const rows = compareScores(contestants).filter(({ name }) => metrics?.includes(name) ?? true);
  const out = openOutput({ json });
  for (const row of rows) out.emit({ type: "compared", runs: names, ...row });
  if (rows.length === 0) {
    throw new UserError(
      `They have no score in common, so there is nothing to compare; measure the same metrics by imago eval.`,
    );
  }
  out.say(
    table([
      ["", ...contestants.map(({ name }) => name), "better"],
      ...rows.map(({ name, unit, better, cells, differences }) => [
        unit === undefined ? name : `${name} [${unit}]`,
        ...cells.map(cellText),
        differences.length > 0 ? "not ranked" : (better ?? ""),
      ]),
    ]),
  );
  sayProtocols(rows, out.say);
}

type Cell = { value: number; standardError?: number; best: boolean } | undefined;

function cellText(cell: Cell): string {
  if (!cell) return "–";
  const error = cell.standardError === undefined ? "" : ` ± ${rounded(cell.standardError)}`;
  return `${rounded(cell.value)}${error}${cell.best ? " *" : ""}`;
}

/** Once each: how ranked rows were measured, and why others are not ranked. */
function sayProtocols(
  rows: readonly { name: string; protocol?: string; differences: readonly string[] }[],
  say: (line?: string) => void,
): void {
  const differing = rows.filter(({ differences }) => differences.length > 0);
  const protocols = [...new Set(rows.flatMap(({ protocol }) => protocol ?? []))];
  if (protocols.length > 0) say(`\n* best. Measured as:\n${protocols.map((p) => `  ${p}`).join("\n")}`);
  if (differing.length > 0) {
    say("\nNot ranked, because the protocols differ:");
    for (const { name, differences } of differing) say(`  ${name}: ${differences.join("; ")}`);
  }
}

async function open(name: string): Promise<{ name: string; scores: readonly StoredScore[] }> {
  const { readEvalFile } = await import("../../train/eval/store.node.ts");
  if (name.endsWith(".json")) {
    const file = await readEvalFile(name);
    if (!file) throw new UserError(`There is no file ${name}; write one by imago eval --out ${name}.`);
    return { name: basename(name) === "eval.json" ? basename(dirname(name)) : name, scores: file.scores };
  }
  const { findRun } = await import("../../train/run-folder.node.ts");
  const folder = await findRun(name);
  const file = await readEvalFile(join(folder, "eval.json"));
  if (!file) throw new UserError(`The run ${name} was not evaluated yet; do so by imago eval ${name}.`);
  return { name: basename(folder), scores: file.scores };
}

type StoredScore = import("../../train/eval/eval-file.ts").StoredScore;
