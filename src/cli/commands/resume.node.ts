import type { Command } from "commander";
import { z } from "zod";
import { checkFlags, device, positive, whole } from "../flags.ts";
import { openOutput } from "../output.node.ts";
import { watchTraining } from "../watch-training.node.ts";

const examples = `
Examples:
  $ imago resume dcgan-glyphs-0001                to the end that the run was started with
  $ imago resume dcgan-glyphs-0001 --steps 5000   to another one, counted from the run's beginning
  $ imago resume ./runs/vae-mnist-0001 --minutes 20

A run that was stopped, or killed, and resumed gives the same checkpoint as one that never was.`;

const schema = z.object({
  steps: whole(1).optional(),
  epochs: positive.optional(),
  minutes: positive.optional(),
  device: device.optional(),
  threads: whole(1).optional(),
  json: z.boolean().default(false),
});

export function define(command: Command): void {
  command
    .argument("<run>", "a run's folder, or its name under runs/")
    .option("--steps <n>", "train until this many updates")
    .option("--epochs <n>", "or this many passes over the data")
    .option("--minutes <m>", "or for this long, all sittings together")
    .option("--device <device>", "auto, cpu, webgpu or cuda (default: the one it was trained on)")
    .option("--threads <n>", "CPU threads (default: all)")
    .option("--json", "print one JSON object per line")
    .addHelpText("after", examples)
    .action(resume);
}

async function resume(run: string, flags: object): Promise<void> {
  const { json, ...options } = checkFlags(schema, flags);
  const { resume: goOn } = await import("../../train/train.node.ts");
  await watchTraining((signal) => goOn({ run, ...options, signal }), openOutput({ json }));
}
