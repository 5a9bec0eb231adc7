import type { Command } from "commander";
import type { DataProgress } from "../../data/progress.ts";
import { UserError } from "../../tensor/errors.ts";
import { openOutput, table } from "../output.node.ts";
import { downloadLine, progressLine, silent } from "../progress.node.ts";

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
  if (action === "list") return await listData(flags);
  if (action !== "get") {
    throw new UserError(`data ${action}: expected list or get, as in imago data get mnist.`);
  }
  if (name === undefined) throw new UserError("data get: say which data set, as in imago data get mnist.");
  await getData(name, flags);
}

async function listData(flags: { json?: boolean }): Promise<void> {
  const { builtInData } = await import("../../data/built-in.ts");
  const { findDownload } = await import("../find-download.node.ts");
  const out = openOutput(flags);
  const rows = builtInData.map((entry) => {
    const folder = entry.source === "download" ? findDownload(entry.from ?? entry.name) : undefined;
    return { ...entry, ...(folder !== undefined && { folder }) };
  });
  for (const row of rows) out.emit(row);
  const where = ({ source, name, from, folder }: (typeof rows)[number]): string =>
    source === "procedural" ? "built in" : (folder ?? `not here: imago data get ${from ?? name}`);
  const cells = rows.map((row) => [row.name, row.kind, row.title, where(row)]);
  out.say(table([["NAME", "KIND", "TITLE", "WHERE"], ...cells]));
}

async function getData(asked: string, flags: { json?: boolean }): Promise<void> {
  const { builtInData } = await import("../../data/built-in.ts");
  const name = builtInData.find((entry) => entry.name === asked)?.from ?? asked;
  const { downloadData } = await import("../../data/download.node.ts");
  const out = openOutput(flags);
  if (builtInData.some((entry) => entry.name === name && entry.source === "procedural")) {
    throw new UserError(
      `data get ${name}: it is built in and needs no download; use it with --data ${name}.`,
    );
  }
  const line = progressLine(out.json ? silent : process.stdout);
  try {
    const onProgress = (loading: DataProgress): void => line.draw(downloadLine(loading));
    const folder = await downloadData(name, { onProgress });
    line.clear();
    out.emit({ type: "downloaded", name, folder });
    out.say(`${name} is in ${folder}. To train on it: imago train dcgan --data ${name}`);
  } finally {
    line.clear();
  }
}
