import type { Command } from "commander";
import { text } from "../flags.ts";
import { bytes } from "../format.ts";
import { relativeToHere } from "../relative.node.ts";
import { addRun, addRunFlags, runFlags, withRun } from "../run-command.node.ts";

const examples = `
Examples:
  $ imago export dcgan-glyphs-0001                       into the folder "export" of the run
  $ imago export dcgan-glyphs-0001 --out public/digits --overwrite
  $ imago export dcgan-glyphs-0001 --license CC-BY-4.0   for whoever gets the files

Writes generator.onnx (and encoder, decoder, discriminator where the model has them) for any batch size, a card that says
how to feed them, and index.html, which draws in the browser from these files alone.`;

const schema = runFlags.extend({ license: text.optional() });

export function define(command: Command): void {
  addRunFlags(
    addRun(command)
      .option("--out <folder>", "where to")
      .option("--license <name>", "the licence field of the card"),
  )
    .addHelpText("after", examples)
    .action(exportFiles);
}

async function exportFiles(name: string, flags: object): Promise<void> {
  await withRun(name, { schema, flags }, async (run, { out: folder, overwrite, license }, output) => {
    const { exportRun } = await import("../../train/export.node.ts");
    const { out, card, skipped, page } = await exportRun(run, {
      overwrite,
      ...(folder !== undefined && { out: folder }),
      ...(license !== undefined && { licence: license }),
    });
    output.emit({ type: "exported", out, files: card.files, skipped, page, run: run.folder, step: run.step });
    output.say(`${relativeToHere(out)}:`);
    for (const file of card.files) output.say(`  ${file.file}  ${bytes(file.bytes)}`);
    for (const { file, reason } of skipped) output.say(`  left out: ${file}: ${reason}`);
    if (page) output.say(`\nTo see it draw: npx serve '${relativeToHere(out)}', or any static file server.`);
  });
}
