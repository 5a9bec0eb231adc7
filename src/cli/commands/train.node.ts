import { type Command, Option } from "commander";
import { z } from "zod";
import { assignments, checkFlags, device, fraction, oneOf, positive, seed, text, whole } from "../flags.ts";
import { openOutput } from "../output.node.ts";
import { watchTraining } from "../watch-training.node.ts";

const examples = `
Examples:
  $ imago train dcgan                             on drawn digits (glyphs), about two minutes on two cores
  $ imago train vae --data mnist --epochs 10 --set latent=20
  $ imago train dcgan --data ~/Pictures/cats --size 64 --flip --minutes 30
  $ imago train ./my-model.js --data ring         a model of your own (docs/own-model.md)

Options and presets of a model: imago models <name>. Data sets: imago data. Ctrl-C stops with a checkpoint to resume from.`;

const schema = z.object({
  data: text.optional(),
  steps: whole(1).optional(),
  epochs: positive.optional(),
  minutes: positive.optional(),
  batch: whole(1, 1_000_000).optional(),
  size: whole(1, 1024).optional(),
  levels: whole(2, 256).optional(),
  channels: oneOf(["1", "3"])
    .transform((n): 1 | 3 => (n === "1" ? 1 : 3))
    .optional(),
  seed,
  preset: oneOf(["tiny", "small", "paper"]),
  set: assignments,
  device,
  threads: whole(1).optional(),
  tune: z.boolean().default(false),
  memory: z.boolean().default(false),
  recompute: z.boolean().default(false),
  out: text.optional(),
  overwrite: z.boolean().default(false),
  ema: fraction.optional(),
  flip: z.boolean().default(false),
  keep: whole(1).optional(),
  logEvery: whole(1).optional(),
  sampleEvery: whole(1).optional(),
  checkpointEvery: whole(1).optional(),
  json: z.boolean().default(false),
});

export function define(command: Command): void {
  command
    .argument("<model>", "a model's name (imago models), or a file with your own (./my-model.js)")
    .optionsGroup("Data:")
    .option("--data <spec>", "built-in name or path (default: glyphs, or ring for a model of points)")
    .option("--size <pixels>", "side that pictures are scaled and cropped to")
    .option("--channels <n>", "1 for grey, 3 for colour (default: as the data is)")
    .option("--levels <n>", "grey levels: 2 draws each pixel black or white (default: as the data is)")
    .option("--flip", "also learn from mirrored pictures")
    .optionsGroup("Length (whichever comes first; default: the preset's):")
    .option("--steps <n>", "updates")
    .option("--epochs <n>", "passes over the data")
    .option("--minutes <m>", "time")
    .optionsGroup("Model:")
    .option("--preset <preset>", "tiny (seconds), small (minutes), paper (the paper's numbers)", "small")
    .addOption(setOption())
    .option("--batch <n>", "examples in a minibatch (default: the preset's)")
    .option("--ema <decay>", "sample with averaged weights, such as 0.999")
    .option("--seed <n>", "equal seeds give equal runs", "0")
    .optionsGroup("Machine:")
    .option("--device <device>", "auto, cpu, webgpu or cuda", "auto")
    .option("--threads <n>", "CPU threads (default: all)")
    .option("--tune", "first measure which form of each convolution is fastest here, for this and later runs")
    .option("--memory", "first print what takes memory in a step")
    .option("--recompute", "less memory, more time: compute again what is cheap; the numbers stay the same")
    .optionsGroup("Results:")
    .option("--out <folder>", "the run's folder (default: runs/<model>-<data>-NNNN)")
    .option("--overwrite", "replace the run that is in that folder")
    .option("--keep <n>", "checkpoints to keep, the newest")
    .option("--log-every <steps>", "a line of numbers")
    .option("--sample-every <steps>", "a sheet of samples")
    .option("--checkpoint-every <steps>", "a checkpoint")
    .option("--json", "print one JSON object per line")
    .addHelpText("after", examples)
    .action(train);
}

/** `--set` may be given many times. */
function setOption(): Option {
  return new Option("--set <key=value>", "an option of the model; can be repeated")
    .default([], "none")
    .argParser((value, before: string[]) => [...before, value]);
}

async function train(model: string, flags: object): Promise<void> {
  const checked = checkFlags(schema, flags);
  const { modelFromName } = await import("../load-definition.node.ts");
  const { resolveOptions } = await import("../../models/options.ts");
  const { loadData } = await import("../../data/load-data.node.ts");
  const { train: run } = await import("../../train/train.node.ts");
  const { definition, modelFile } = await modelFromName(model);
  const { json, set, data, size, channels, levels: _, flip, ...options } = checked;
  // Before the data, which may take a while to read: a mistake is told at once.
  resolveOptions(definition, options.preset, set);
  const out = openOutput({ json });
  await watchTraining(async function* (signal, showLoading) {
    const spec = data ?? (definition.data.includes("image") ? "glyphs" : "ring");
    const levels = checked.levels ?? definition.pictures?.levels;
    const given = {
      ...(size !== undefined && { size }),
      ...(channels !== undefined && { channels }),
      ...(levels !== undefined && { levels }),
    };
    const splits = await loadData(spec, { ...given, onProgress: showLoading });
    yield* run({
      ...options,
      definition,
      modelFile,
      options: set,
      data: { spec, ...given, splits, flip },
      signal,
    });
  }, out);
}
