/** How a command ends: the exit codes, and what a person reads when something went wrong. */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { CommanderError } from "commander";
import { UserError } from "../tensor/errors.ts";

export const exitCodes = { done: 0, bug: 1, input: 2, interrupted: 130 } as const;

/** What the operating system refused and a person can do something about; everything else of its errors is a bug. */
const refusals: { readonly [code: string]: string } = {
  EACCES: "permission was denied; choose another folder or change its permissions",
  EPERM: "the operation is not permitted; choose another folder or change its permissions",
  EROFS: "the file system is read-only; choose another folder",
  ENOSPC: "the disk is full; make room, then go on with `imago resume`",
  EDQUOT: "your disk quota is used up; make room, then go on with `imago resume`",
  ENOTDIR: "a part of this path is a file, expected a folder",
  ENOENT: "there is no such file or folder",
  EISDIR: "this is a folder, expected a file",
  EEXIST: "this exists already; choose another name",
  ENAMETOOLONG: "the name is too long",
  EMFILE: "too many files are open; raise the limit with `ulimit -n`",
};

/** Prints what went wrong on standard error and returns the exit code; `command` is the one that was asked for. */
export function reportError(error: unknown, command?: string): number {
  if (error instanceof CommanderError) return reportUsage(error, command);
  if (error instanceof UserError) return reportMistake(error.message);
  const refusal = refusalOf(error);
  if (refusal !== undefined) return reportMistake(refusal);
  const place = placeInUserFile(error);
  if (place !== undefined) return reportMistake(`${place}: ${(error as Error).message.replace(/\.?$/, ".")}`);
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `${stack}\n\nimago: this is a bug in Imago, not a mistake of yours. ${whereToReport()}\n`,
  );
  return exitCodes.bug;
}

function reportMistake(sentence: string): number {
  process.stderr.write(`imago: ${sentence}\n`);
  return exitCodes.input;
}

/** Commander's own complaints, as one sentence; help and version end here too, with code 0. */
function reportUsage(error: CommanderError, command: string | undefined): number {
  if (error.exitCode === 0) return exitCodes.done;
  const [what, hint] = error.message.replace(/^error: /, "").split("\n");
  const suggestion = hint === undefined ? "" : ` ${hint.replace(/^\((.*)\)$/, "$1")}`;
  const help = command === undefined ? "imago --help" : `imago ${command} --help`;
  return reportMistake(`${what!.replace(/\.?$/, ".")}${suggestion} See ${help}.`);
}

function refusalOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof RangeError && /typed array length|allocation failed/.test(error.message)) {
    return `this does not fit into memory (${error.message}); make it smaller with --set, --batch or --size.`;
  }
  const { code, path } = error as NodeJS.ErrnoException;
  const reason = code === undefined ? undefined : refusals[code];
  return reason && `${path ?? "a file"}: ${reason}.`;
}

const packageRoot = new URL("../..", import.meta.url).href;

/** File and line of an error in a model file of the user's; undefined where it is in this package or a library. */
function placeInUserFile(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const frames = [...(error.stack ?? "").matchAll(/(file:\/\/[^\s()]+?):(\d+):\d+/g)];
  const frame = frames.find(([, file]) => file!.startsWith(packageRoot) || !file!.includes("/node_modules/"));
  const [, file, line] = frame ?? [];
  if (file === undefined || file.startsWith(packageRoot)) return undefined;
  return `${fileURLToPath(file)}:${line}`;
}

function whereToReport(): string {
  const { bugs } = createRequire(import.meta.url)("imago/package.json") as { bugs?: { url?: string } };
  const place = bugs?.url === undefined ? "to its authors" : `at ${bugs.url}`;
  return `Please report it ${place}, with the lines above and what \`imago doctor\` prints.`;
}
