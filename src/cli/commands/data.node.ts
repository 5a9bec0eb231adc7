import type { Command } from "commander";
import { UserError } from "../../tensor/errors.ts";
import { openOutput, table } from "../output.node.ts";

const examples = `
Examples:
  $ imago data               built-in data sets, and which downloads are here already
  $ imago data get mnist     download it, check it, keep it in the cache folder
  $ imago data --json        one object per line

Built-in data is drawn or computed and needs no download. Your own: imago train <model> --data <path>, where the path is
a folder of pictures (folders inside it become classes), an IDX file, a folder with CIFAR-10 batches, .npy, .npz, or .csv.`;

export function define(command: Command): void {
  command
    .argument("[action]", "list (the default) or get", "list")
    .argument("[name]", "with get: the data set to download")
    .option("--json", "print one JSON object per line")
    .addHelpText("after", examples)
    .action(data);
}

async function data(action: string, name: string | undefined, flags: { json?: boolean }): Promise<void> {
  if (action === "list") return listData(flags);
  if (action !== "get")
    throw new UserError(`data ${action}: expected list or get, as in imago data get mnist.`);
  throw new UserError("data get: say which data set, as in imago data get mnist." + name);
}

async function listData(flags: { json?: boolean }): Promise<void> {
  const { builtInData } = await import("../../data/built-in.ts");
  const out = openOutput(flags);
  const rows = builtInData.map(({ name, title, kind, source }) => ({ name, kind, title, source }));
  for (const row of rows) out.emit(row);
  out.say(table([["NAME", "KIND", "TITLE"], ...rows.map(({ name, kind, title }) => [name, kind, title])]));
}
