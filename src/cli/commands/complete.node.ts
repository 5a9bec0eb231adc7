import { join } from "node:path";
import type { Command } from "commander";
import { z } from "zod";
import { atLeastZero, oneOf, seed, text, whole } from "../flags.ts";
import { loadingLine, progressLine, silent } from "../progress.node.ts";
import { addRun, addRunFlags, reportWritten, runFlags, withRun } from "../run-command.node.ts";

const examples = `
Examples:
  $ imago complete pixelcnn-mnist-0001                  8 test pictures, their upper halves, and 6 lower halves for each
  $ imago complete nade-mnist-0002 --mask centre --completions 10
  $ imago complete pixelcnn-mnist-0001 --data ./my-digits --out mine.png

For models that make pictures in steps. A pixel depends on those that come before it in the model's order: a PixelCNN, which goes
row by row, completes the bottom from the top, but not the top from the bottom.`;

const parts = ["bottom", "top", "left", "right", "centre"] as const;
const schema = runFlags.extend({
  n: whole(1, 256),
  completions: whole(1, 100),
  mask: oneOf(parts),
  temperature: atLeastZero.optional(),
  draw: z.boolean().default(false),
  data: text.optional(),
  seed,
});

export function define(command: Command): void {
  addRunFlags(
    addRun(command)
      .option("-n <number>", "how many examples", "8")
      .option("--completions <number>", "of each", "6")
      .option("--mask <part>", `what is missing: ${parts.join(", ")}`, "bottom")
      .option("--temperature <t>", "below 1: likelier completions (default: 1)")
      .option("--draw", "draw pixels, for models that show their mean")
      .option("--data <spec>", "other data than the run's own")
      .option("--seed <n>", "which completions", "0")
      .option("--out <file>", "FILE.png"),
  )
    .addHelpText("after", examples)
    .action(complete);
}

async function complete(name: string, flags: object): Promise<void> {
  await withRun(name, { schema, flags }, async (run, { mask, out, overwrite, json, ...options }, output) => {
    const { complete: completeRun } = await import("../../train/complete.node.ts");
    const place = out ?? join(run.folder, `completion-${mask}.png`);
    const line = progressLine(json ? silent : process.stderr);
    const { n, completions, temperature, draw, data, seed } = options;
    const written = await completeRun(run, {
      ...{ n, completions, seed, draw, missing: mask, out: place, overwrite: overwrite || out === undefined },
      ...(temperature !== undefined && { temperature }),
      ...(data !== undefined && { data }),
      onProgress: (done, total) => line.draw(loadingLine({ stage: "completing", done, total })),
    });
    line.clear();
    reportWritten(output, run, written);
  });
}
