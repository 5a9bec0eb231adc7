import { join } from "node:path";
import type { Command } from "commander";
import { text, whole } from "../flags.ts";
import { rounded } from "../format.ts";
import { addRun, addRunFlags, reportWritten, runFlags, withRun } from "../run-command.node.ts";

const examples = `
Examples:
  $ imago heatmap pixelcnn-mnist-0001                   20 test pictures, and below each what its pixels cost
  $ imago heatmap made-mnist-0001 -n 50 --out fifty.png
  $ imago heatmap pixelcnn-mnist-0001 --data fashion    pictures of another kind: where are they unexpected?

A pixel's cost is −log p of it given those before it, in nats; black is 0. The costs of a picture add up to its −log p.`;

const schema = runFlags.extend({ n: whole(1), data: text.optional() });

export function define(command: Command): void {
  addRunFlags(
    addRun(command)
      .option("-n <number>", "how many examples", "20")
      .option("--data <spec>", "other data than the run's own")
      .option("--out <file>", "FILE.png"),
  )
    .addHelpText("after", examples)
    .action(heatmap);
}

async function heatmap(name: string, flags: object): Promise<void> {
  await withRun(name, { schema, flags }, async (run, { n, data, out, overwrite }, output) => {
    const { heatmap: draw } = await import("../../train/heatmap.node.ts");
    const place = out ?? join(run.folder, "heatmap.png");
    const options = { out: place, overwrite: overwrite || out === undefined };
    const written = await draw(run, { n, ...(data !== undefined && { data }), ...options });
    reportWritten(output, run, written);
    output.say(`The brightest pixels cost ${rounded(written.most)} nats or more.`);
  });
}
