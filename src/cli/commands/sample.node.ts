import { join } from "node:path";
import type { Command } from "commander";
import { seed, whole } from "../flags.ts";
import { addRun, addRunFlags, reportWritten, runFlags, withRun } from "../run-command.node.ts";

const examples = `
Examples:
  $ imago sample dcgan-glyphs-0001                      a sheet of 64, in the run's folder
  $ imago sample dcgan-glyphs-0001 -n 9 --seed 5 --out nine.png
  $ imago sample dcgan-glyphs-0001 -n 1000 --out digits one PNG file each, in the folder digits
  $ imago sample ./runs/gan-ring-0002 --out points.npy  the numbers, for NumPy

The same run, seed and number give the same examples; the first of 9 is the first of 1000.`;

const schema = runFlags.extend({
  n: whole(1),
  seed,
  manifold: whole(2).optional(),
});

export function define(command: Command): void {
  addRunFlags(
    addRun(command)
      .option("-n <number>", "how many", "64")
      .option("--seed <n>", "which ones", "0")
      .option("--out <place>", "FILE.png (a sheet), FILE.npy (numbers), or a folder (one PNG each)")
      .option(
        "--manifold <side>",
        "instead, for models with 2 latents: a sheet of side × side over all of them",
      ),
  )
    .addHelpText("after", examples)
    .action(sample);
}

async function sample(name: string, flags: object): Promise<void> {
  await withRun(name, { schema, flags }, async (run, { n, seed, manifold: size, out, overwrite }, output) => {
    const { manifold, sampleRun } = await import("../../train/sample.node.ts");
    const own = size === undefined ? `sample-${n}-seed-${seed}.png` : `manifold-${size}.png`;
    const place = out ?? join(run.folder, own);
    const options = { out: place, overwrite: overwrite || out === undefined };
    const written =
      size === undefined
        ? await sampleRun(run, { n, seed, ...options })
        : await manifold(run, { size, ...options });
    reportWritten(output, run, written);
  });
}
