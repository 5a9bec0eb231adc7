import { join } from "node:path";
import type { Command } from "commander";
import { z } from "zod";
import { seed, whole } from "../flags.ts";
import { addRun, addRunFlags, reportWritten, runFlags, withRun } from "../run-command.node.ts";

const examples = `
Examples:
  $ imago interpolate dcgan-glyphs-0001                  6 walks of 10 pictures, as a sheet
  $ imago interpolate dcgan-glyphs-0001 --out walk.webp  an animation (or .gif) that goes there and back
  $ imago interpolate vae-mnist-0001 --linear -n 3 --steps 16 --seed 4`;

const schema = runFlags.extend({
  n: whole(1),
  steps: whole(2),
  linear: z.boolean().default(false),
  seed,
});

export function define(command: Command): void {
  addRunFlags(
    addRun(command)
      .option("-n <number>", "how many walks", "6")
      .option("--steps <n>", "pictures from one end to the other", "10")
      .option("--linear", "along the straight line (default: along the sphere)")
      .option("--seed <n>", "which ends", "0")
      .option("--out <file>", "FILE.png (a sheet), FILE.webp or FILE.gif (an animation)"),
  )
    .addHelpText("after", examples)
    .action(interpolate);
}

async function interpolate(name: string, flags: object): Promise<void> {
  await withRun(name, { schema, flags }, async (run, { n, steps, linear, seed, out, overwrite }, output) => {
    const { interpolate: walk } = await import("../../train/interpolate.node.ts");
    const place = out ?? join(run.folder, `interpolation-seed-${seed}.png`);
    const options = { out: place, overwrite: overwrite || out === undefined };
    reportWritten(output, run, await walk(run, { n, steps, spherical: !linear, seed, ...options }));
  });
}
