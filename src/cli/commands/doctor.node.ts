import type { Command } from "commander";
import type { Check } from "../checks.node.ts";
import { openOutput } from "../output.node.ts";

const examples = `
Examples:
  $ imago doctor           every check in a line, and what to do about those that failed
  $ imago doctor --json    the same as objects, one per line

Exits with 0 where Imago can train here, else with 1.`;

const marks: { readonly [state in Check["state"]]: string } = { good: "✓", missing: "–", bad: "✗" };

export function define(command: Command): void {
  command.option("--json", "print one JSON object per line").addHelpText("after", examples).action(doctor);
}

async function doctor(flags: { json?: boolean }): Promise<void> {
  const out = openOutput(flags);
  const show = (check: Check): void => {
    out.say(`${marks[check.state]} ${check.name.padEnd(10)} ${check.found}`);
    out.emit(check);
    if (check.state === "bad") process.exitCode = 1;
  };
  const { checkDevices, checkFolder, checkMachine, checkNode, checkSharp } = await import(
    "../checks.node.ts"
  );
  const { cacheFolder } = await import("../../data/data-folders.node.ts");
  for (const check of [checkNode(), ...checkMachine()]) show(check);
  show(await checkSharp());
  show(await checkFolder("cache", cacheFolder(), { make: true }));
  show(await checkFolder("here", process.cwd(), { make: false }));
  for (const check of await checkDevices()) show(check);
  const failed = process.exitCode === 1;
  out.say(
    failed ? "\nImago cannot train here until the lines with ✗ are put right." : "\nImago can train here.",
  );
}
