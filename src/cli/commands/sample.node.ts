import { join } from "node:path";
import type { Command } from "commander";
import { z } from "zod";
import { UserError } from "../../tensor/errors.ts";
import type { OpenRun } from "../../train/open-run.node.ts";
import type { SampleOptions, Written } from "../../train/sample.node.ts";
import { atLeastZero, seed, text, whole } from "../flags.ts";
import { loadingLine, progressLine, silent } from "../progress.node.ts";
import { addRun, addRunFlags, reportWritten, runFlags, withRun } from "../run-command.node.ts";

const examples = `
Examples:
  $ imago sample dcgan-glyphs-0001                      a sheet of 64, in the run's folder
  $ imago sample dcgan-glyphs-0001 -n 9 --seed 5 --out nine.png
  $ imago sample dcgan-glyphs-0001 -n 1000 --out digits one PNG file each, in the folder digits
  $ imago sample ./runs/gan-ring-0002 --out points.npy  the numbers, for NumPy
  $ imago sample gated-pixelcnn-mnist-0001 --class 3 --temperature 0.9
  $ imago sample vae-mnist-0001 --draw                  x ~ p(x|z) instead of the mean that the decoder gives
  $ imago sample pixelcnn-mnist-0001 --animate pixels.webp  how the pixels come, one after another

The same run, seed and number give the same examples; the first of 9 is the first of 1000. Models that sample in steps keep what
the steps before computed; --plain computes all of it again, for comparison, and gives the same pictures more slowly.`;

const schema = runFlags.extend({
  n: whole(1).optional(),
  seed,
  temperature: atLeastZero.optional(),
  class: whole(0).optional(),
  draw: z.boolean().default(false),
  plain: z.boolean().default(false),
  manifold: whole(2).optional(),
  animate: text.optional(),
});

export function define(command: Command): void {
  addRunFlags(
    addRun(command)
      .option("-n <number>", "how many (default: 64, in an animation 16)")
      .option("--seed <n>", "which ones", "0")
      .option("--temperature <t>", "below 1: closer to what is likely (default: 1)")
      .option("--class <k>", "of this class, for models that learn by class")
      .option("--draw", "draw pixels or coordinates, for models that show their mean")
      .option("--plain", "without what earlier steps computed, for models that sample in steps")
      .option("--out <place>", "FILE.png (a sheet), FILE.npy (numbers), or a folder (one PNG each)")
      .option(
        "--manifold <side>",
        "instead, for models with 2 latents: a sheet of side × side over all of them",
      )
      .option(
        "--animate <file>",
        "instead, for models that sample in steps: FILE.webp or FILE.gif of how they do",
      ),
  )
    .addHelpText("after", examples)
    .action(sample);
}

type Flags = z.infer<typeof schema>;

async function sample(name: string, flags: object): Promise<void> {
  await withRun(name, { schema, flags }, async (run, checked, output) => {
    const line = progressLine(checked.json ? silent : process.stderr);
    const onProgress = (done: number, total: number): void =>
      line.draw(loadingLine({ stage: "sampling", done, total }));
    const written = await draw(run, checked, onProgress);
    line.clear();
    reportWritten(output, run, written);
  });
}

async function draw(run: OpenRun, flags: Flags, onProgress: SampleOptions["onProgress"]): Promise<Written> {
  const { manifold, sampleRun } = await import("../../train/sample.node.ts");
  const { n, seed, temperature, class: label, draw: drawn, plain, manifold: size, animate, out } = flags;
  if (animate !== undefined && out !== undefined)
    throw new UserError("Name the file either by --animate or by --out.");
  const named = animate ?? out;
  const overwrite = flags.overwrite || named === undefined;
  if (size !== undefined)
    return await manifold(run, { size, out: named ?? join(run.folder, `manifold-${size}.png`), overwrite });
  const options = { seed, temperature, label, draw: drawn, cached: !plain, overwrite, onProgress };
  if (animate !== undefined) {
    const { animateRun } = await import("../../train/animate.node.ts");
    return await animateRun(run, { n: n ?? 16, out: animate, ...options });
  }
  const count = n ?? 64;
  const kind = [
    label === undefined ? [] : `class-${label}`,
    temperature === undefined ? [] : `t-${temperature}`,
    drawn ? "drawn" : [],
  ];
  const own = ["sample", count, `seed-${seed}`, ...kind.flat()].join("-");
  return await sampleRun(run, { n: count, out: named ?? join(run.folder, `${own}.png`), ...options });
}
