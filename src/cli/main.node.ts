#!/usr/bin/env node
/** The command `imago`. Only the command asked for is loaded, so that `imago --help` answers at once. */
import { Command, Help, type Option } from "commander";
import { type CommandFile, commands } from "./commands.ts";
import { reportError } from "./errors.node.ts";
import { leaveQuietlyWhenUnread } from "./output.node.ts";

const examples = `
Examples:
  $ imago train dcgan                       train on drawn digits, two minutes on two cores
  $ imago train vae --data ~/Pictures/cats  train on a folder of your own pictures
  $ imago sample dcgan-glyphs-0001          a sheet of new pictures from that run
  $ imago export dcgan-glyphs-0001          ONNX files and a page that draws in the browser

Exit codes: 0 done, 1 a bug, 2 something to correct (a sentence says what), 130 interrupted (checkpoint written).`;

function newProgram(version: string): Command {
  return new Command("imago")
    .description("Deep generative models: train on your pictures, look at the results, ship them as ONNX.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this, or the help of a command")
    .helpCommand("help [command]", "print the help of a command")
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .configureHelp({ helpWidth: helpWidth(), optionDescription: withPlainDefault })
    .showSuggestionAfterError()
    .addHelpText("after", examples);
}

/** Commander writes the default of a text option in quotation marks: (default: "64"). */
function withPlainDefault(option: Option): string {
  return Help.prototype.optionDescription
    .call(new Help(), option)
    .replace(/\(default: "(.*)"\)/, "(default: $1)");
}

/** As wide as the terminal, but not so wide that lines are hard to read; 100 for a file or a pipe. */
function helpWidth(): number {
  return Math.min(process.stdout.columns || 100, 100);
}

/** Adds every command's name, and the arguments and options of the one that is asked for. */
async function addCommands(program: Command, wanted: string | undefined): Promise<void> {
  for (const { name, summary, load } of commands) {
    const command = program.command(name).description(summary);
    if (name === wanted) ((await load()) satisfies CommandFile).define(command);
  }
}

async function main(args: readonly string[]): Promise<number> {
  const words = args.filter((arg) => !arg.startsWith("-"));
  const wanted = commands.find(({ name }) => name === (words[0] === "help" ? words[1] : words[0]))?.name;
  try {
    const { version } = await import("./version.node.ts");
    const program = newProgram(version);
    await addCommands(program, wanted);
    if (args.length === 0) program.help();
    await program.parseAsync(args, { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return reportError(error, wanted);
  }
}

leaveQuietlyWhenUnread();
process.on("uncaughtException", (error) => process.exit(reportError(error)));
process.exitCode = await main(process.argv.slice(2));
