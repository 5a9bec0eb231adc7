import { type Command, Option } from "commander";
import { z } from "zod";
import { UserError } from "../../tensor/errors.ts";
import type { Judged } from "../../train/eval/evaluate.node.ts";
import { checkFlags, device, seed, text, whole } from "../flags.ts";
import { rounded } from "../format.ts";
import { type Output, openOutput, table } from "../output.node.ts";
import { loadingLine, progressLine, silent } from "../progress.node.ts";
import { relativeToHere } from "../relative.node.ts";

const examples = `
Examples:
  $ imago eval dcgan-mnist-0001                         all that fits the model; results in its eval.json and report.html
  $ imago eval dcgan-mnist-0001 --features classifier-mnist-0002 -n 5000
  $ imago eval dcgan-mnist-0001 --metrics fid,prdc --json
  $ imago eval --real mnist:test --fake mnist:train     any two sets: built-in names, folders of pictures, .npy files
  $ imago eval --real real/ --fake samples/ --features inception.onnx --out scores.json

Features are raw pixels unless --features names a classifier (a run of imago train classifier) or an ONNX file with its
sidecar (docs/metrics.md); a classifier that was trained on the same data is found by itself. .npy files of four
dimensions are pictures, of two dimensions features, used as they are.`;

const list = text.transform((names) => names.split(",").map((name) => name.trim()));
const schema = z.object({
  metrics: list.optional(),
  features: text.optional(),
  n: whole(2, 1_000_000).optional(),
  seed,
  floor: z.boolean().default(true),
  data: text.optional(),
  real: text.optional(),
  fake: text.optional(),
  size: whole(1, 1024).optional(),
  checkpoint: whole(0).optional(),
  device,
  threads: whole(1).optional(),
  out: text.optional(),
  overwrite: z.boolean().default(false),
  json: z.boolean().default(false),
});
type Flags = z.infer<typeof schema>;

export function define(command: Command): void {
  command
    .argument("[run]", "a run's folder, or its name under runs/")
    .option(
      "--metrics <names>",
      "only these, such as fid,kid,prdc (default: all that fit; see docs/metrics.md)",
    )
    .option("--features <extractor>", "pixels, a classifier's run, or a file.onnx (default: see below)")
    .option("-n <number>", "examples on each side (default: 10000, or as many as there are)")
    .option("--seed <n>", "which samples, subsets and projections", "0")
    .addOption(new Option("--no-floor", "leave out real against real"))
    .option("--data <spec>", "real examples other than the run's own data")
    .optionsGroup("Two sets instead of a run:")
    .option("--real <set>", "data, a folder of pictures, or a .npy file; name:train or name:test for a split")
    .option("--fake <set>", "the set to judge")
    .option("--size <pixels>", "side that both sets' pictures are scaled to")
    .option("--out <file>", "write the scores to this .json file")
    .optionsGroup("Common:")
    .option("--checkpoint <step>", "the checkpoint of that step (default: the newest)")
    .option("--device <device>", "auto, cpu, webgpu or cuda, for the model", "auto")
    .option("--threads <n>", "CPU threads (default: all)")
    .option("--overwrite", "replace what is there")
    .option("--json", "print one JSON object per line")
    .addHelpText("after", examples)
    .action(evaluate);
}

async function evaluate(run: string | undefined, given: object): Promise<void> {
  const flags = checkFlags(schema, given);
  const out = openOutput(flags);
  const line = progressLine(flags.json ? silent : process.stderr);
  const onProgress = (stage: string, done: number, total: number): void =>
    line.draw(loadingLine({ stage, done: Math.floor(done), total }));
  try {
    const judged =
      run === undefined ? await judgeFiles(flags, onProgress) : await judgeRun(run, flags, onProgress);
    line.clear();
    show(judged, out);
  } finally {
    line.clear();
  }
}

type OnProgress = (stage: string, done: number, total: number) => void;

async function judgeRun(name: string, flags: Flags, onProgress: OnProgress): Promise<Judged> {
  if (flags.real !== undefined || flags.fake !== undefined) {
    throw new UserError(
      "Name either a run, or two sets by --real and --fake; for other real data of a run use --data.",
    );
  }
  if (flags.out !== undefined || flags.size !== undefined) {
    const flag = flags.out !== undefined ? "--out" : "--size";
    throw new UserError(`${flag} is for two sets; the scores of a run go into its own folder.`);
  }
  const { evaluateRun } = await import("../../train/eval/evaluate.node.ts");
  return await evaluateRun(name, { ...optionsOf(flags), onProgress });
}

async function judgeFiles(flags: Flags, onProgress: OnProgress): Promise<Judged> {
  const { real, fake, size, out, overwrite } = flags;
  if (real === undefined || fake === undefined) {
    throw new UserError("Name a run to evaluate, or two sets by --real and --fake.");
  }
  const { evaluateFiles } = await import("../../train/eval/evaluate.node.ts");
  return await evaluateFiles({
    ...optionsOf(flags),
    ...{ real, fake, overwrite, onProgress },
    ...(size !== undefined && { size }),
    ...(out !== undefined && { out }),
  });
}

function optionsOf({ metrics, features, n, seed, floor, data, checkpoint, device, threads }: Flags) {
  return {
    ...{ seed, floor, device },
    ...(metrics && { metrics }),
    ...(features !== undefined && { features }),
    ...(n !== undefined && { count: n }),
    ...(data !== undefined && { data }),
    ...(checkpoint !== undefined && { checkpoint }),
    ...(threads !== undefined && { threads }),
  };
}

function show({ sections, skipped, notes, file, report }: Judged, out: Output): void {
  for (const { title, scores } of sections) {
    for (const score of scores) out.emit({ type: "score", section: title, ...score });
    out.say(`\n${title}`);
    out.say(
      table([
        ["", "value", "", "real vs real", "better"],
        ...scores.map(({ name, value, standardError, unit, floor, better }) => [
          `  ${name}`,
          rounded(value) + (standardError === undefined ? "" : ` ± ${rounded(standardError)}`),
          unit ?? "",
          floor === undefined ? "" : rounded(floor),
          better ?? "",
        ]),
      ]),
    );
  }
  for (const { metric, reason } of skipped) out.emit({ type: "skipped", metric, reason });
  if (skipped.length > 0) out.say("\nLeft out:");
  for (const { reason } of skipped) out.say(`  ${reason}`);
  out.say();
  for (const note of notes) out.say(note);
  out.emit({ type: "evaluated", notes, ...(file !== undefined && { file }), ...(report && { report }) });
  if (file !== undefined) out.say(`Scores with their protocols: ${relativeToHere(file)}`);
  if (report !== undefined) out.say(`Report: ${relativeToHere(report)}`);
}
