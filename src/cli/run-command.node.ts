/** What the commands on a trained run share: their flags, opening the run, and saying what was written. */
import type { Command } from "commander";
import { z } from "zod";
import type { OpenRun } from "../train/open-run.node.ts";
import type { Written } from "../train/sample.node.ts";
import { checkFlags, device, text, whole } from "./flags.ts";
import { counted } from "./format.ts";
import { type Output, openOutput } from "./output.node.ts";
import { relativeToHere } from "./relative.node.ts";

/** The argument that names the run. */
export function addRun(command: Command): Command {
  return command.argument("<run>", "a run's folder, or its name under runs/");
}

/** Adds the flags of every command that reads a run and writes files, after its own. */
export function addRunFlags(command: Command): Command {
  return command
    .option("--checkpoint <step>", "the checkpoint of that step (default: the newest)")
    .option("--device <device>", "auto, cpu, webgpu or cuda", "auto")
    .option("--threads <n>", "CPU threads (default: all)")
    .option("--overwrite", "replace what is there")
    .option("--json", "print one JSON object per line");
}

/** The shape of those flags, for a command's own schema to extend. */
export const runFlags = z.object({
  checkpoint: whole(0).optional(),
  device,
  threads: whole(1).optional(),
  overwrite: z.boolean().default(false),
  json: z.boolean().default(false),
  out: text.optional(),
});

type RunFlags = z.infer<typeof runFlags>;

/** Opens the run on the device that the flags name. */
async function openFor(name: string, { checkpoint, device, threads }: RunFlags): Promise<OpenRun> {
  const { openRun } = await import("../train/open-run.node.ts");
  const { findRun, readManifest } = await import("../train/run-folder.node.ts");
  const { createRuntime } = await import("../runtime/index.ts");
  const folder = await findRun(name);
  const { seed } = (await readManifest(folder)).training;
  const runtime = createRuntime({ device, seed, ...(threads !== undefined && { threads }) });
  return await openRun(folder, { runtime, ...(checkpoint !== undefined && { checkpoint }) });
}

/** Checks the flags, opens the run, does the work, and closes the run. */
export async function withRun<S extends typeof runFlags>(
  name: string,
  { schema, flags }: { readonly schema: S; readonly flags: object },
  work: (run: OpenRun, flags: z.infer<S>, out: Output) => Promise<void>,
): Promise<void> {
  const checked = checkFlags(schema, flags);
  const run = await openFor(name, checked);
  try {
    await work(run, checked, openOutput(checked));
  } finally {
    await run.runtime.dispose();
  }
}

/** Says what a command has written. */
export function reportWritten(out: Output, run: OpenRun, { out: place, files, shape }: Written): void {
  const { name } = run.manifest.model;
  out.emit({ type: "written", out: place, files, shape, run: run.folder, step: run.step });
  const what = files === 1 ? place : `${counted(files, "picture")} in ${place}`;
  out.say(`${relativeToHere(what)} (${name}, step ${run.step})`);
}
