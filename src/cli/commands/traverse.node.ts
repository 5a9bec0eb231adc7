import { join } from "node:path";
import type { Command } from "commander";
import { z } from "zod";
import { positive, whole } from "../flags.ts";
import { addRun, addRunFlags, reportWritten, runFlags, withRun } from "../run-command.node.ts";

const examples = `
Examples:
  $ imago traverse vae-mnist-0001                       a row for each of the 10 latent variables that vary most
  $ imago traverse vae-mnist-0001 --from 7              the same, beginning with test picture 7
  $ imago traverse vae-mnist-0001 --dimensions 3,12 --steps 21 --range 2 --out two.png
  $ imago traverse cvae-mnist-0001 --class 5            fives`;

const schema = runFlags.extend({
  dimensions: z
    .string()
    .regex(/^\d+(,\d+)*$/, "expected whole numbers with commas between them, such as 0,3,7")
    .transform((list) => list.split(",").map(Number))
    .optional(),
  steps: whole(2),
  range: positive,
  from: whole(0).optional(),
  class: whole(0).optional(),
});

export function define(command: Command): void {
  addRunFlags(
    addRun(command)
      .option("--dimensions <list>", "which latent variables, such as 0,3,7 (default: those that vary most)")
      .option("--steps <n>", "pictures in a row", "11")
      .option("--range <sd>", "how far to either side, in standard deviations", "3")
      .option("--from <index>", "the test example to begin with (default: the middle, z = 0)")
      .option("--class <number>", "the class to draw, for conditional models")
      .option("--out <file>", "FILE.png"),
  )
    .addHelpText("after", examples)
    .action(traverse);
}

async function traverse(name: string, flags: object): Promise<void> {
  await withRun(name, { schema, flags }, async (run, given, output) => {
    const { traverse: walk } = await import("../../train/traverse.node.ts");
    const { dimensions, steps, range, from, class: label, out, overwrite } = given;
    const written = await walk(run, {
      steps,
      range,
      ...(dimensions && { dimensions }),
      ...(from !== undefined && { from }),
      ...(label !== undefined && { label }),
      out: out ?? join(run.folder, "traversal.png"),
      overwrite: overwrite || out === undefined,
    });
    reportWritten(output, run, written);
    output.say(`rows: latent variables ${written.dimensions.join(", ")}`);
  });
}
