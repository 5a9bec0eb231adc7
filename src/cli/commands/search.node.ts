import { join } from "node:path";
import type { Command } from "commander";
import { text, whole } from "../flags.ts";
import { table } from "../output.node.ts";
import { addRun, addRunFlags, reportWritten, runFlags, withRun } from "../run-command.node.ts";

const examples = `
Examples:
  $ imago search vae-mnist-0001 --like 7                the training pictures most like test picture 7, in latent space
  $ imago search vae-mnist-0001 --like mine.png -n 20 --out like-mine.png
  $ imago search vae-mnist-0001 --like 7 --among 5000   quicker: look at the first 5,000 only`;

const schema = runFlags.extend({ like: text, n: whole(1, 1000), among: whole(1).optional() });

export function define(command: Command): void {
  addRunFlags(
    addRun(command)
      .requiredOption("--like <what>", "FILE of a picture, or the number of a test example")
      .option("-n <number>", "how many of the nearest", "9")
      .option("--among <count>", "search the first so many training examples (default: all)")
      .option("--out <file>", "FILE.png: the query, then what is nearest to it"),
  )
    .addHelpText("after", examples)
    .action(search);
}

async function search(name: string, flags: object): Promise<void> {
  await withRun(name, { schema, flags }, async (run, { like, n, among, out, overwrite }, output) => {
    const { search: find } = await import("../../train/search.node.ts");
    const written = await find(run, {
      like,
      n,
      ...(among !== undefined && { among }),
      out: out ?? join(run.folder, "search.png"),
      overwrite: overwrite || out === undefined,
    });
    reportWritten(output, run, written);
    for (const one of written.found) output.emit({ type: "found", ...one });
    const rows = written.found.map(({ index, distance, label }) => [
      String(index),
      distance.toFixed(3),
      label === undefined ? "" : String(label),
    ]);
    output.say(table([["example", "distance", "class"], ...rows]));
  });
}
