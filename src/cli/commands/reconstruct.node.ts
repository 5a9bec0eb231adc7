import { join } from "node:path";
import type { Command } from "commander";
import { text, whole } from "../flags.ts";
import { addRun, addRunFlags, reportWritten, runFlags, withRun } from "../run-command.node.ts";

const examples = `
Examples:
  $ imago reconstruct vae-mnist-0001                    20 examples that it was not trained on, and what it makes of them
  $ imago reconstruct vae-mnist-0001 -n 50 --out fifty.png
  $ imago reconstruct vae-mnist-0001 --data ./my-digits the same with other pictures`;

const schema = runFlags.extend({ n: whole(1), data: text.optional() });

export function define(command: Command): void {
  addRunFlags(
    addRun(command)
      .option("-n <number>", "how many examples", "20")
      .option("--data <spec>", "other data than the run's own")
      .option("--out <file>", "FILE.png"),
  )
    .addHelpText("after", examples)
    .action(reconstruct);
}

async function reconstruct(name: string, flags: object): Promise<void> {
  await withRun(name, { schema, flags }, async (run, { n, data, out, overwrite }, output) => {
    const { reconstruct: show } = await import("../../train/reconstruct.node.ts");
    const place = out ?? join(run.folder, "reconstruction.png");
    const options = { out: place, overwrite: overwrite || out === undefined };
    reportWritten(output, run, await show(run, { n, ...(data !== undefined && { data }), ...options }));
  });
}
