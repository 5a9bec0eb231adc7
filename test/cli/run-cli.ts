/** Starts the built command as a user does, in a folder of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const main = fileURLToPath(new URL("../../dist/cli/main.node.js", import.meta.url));
if (!existsSync(main)) throw new Error("The command is not built: npm run build.");

export interface Ended {
  /** The exit code; null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when standard output contains `text`; rejects where it ends without. */
  printed(text: string): Promise<void>;
}

export interface Workplace {
  readonly folder: string;
  start(args: readonly string[], options?: { env?: NodeJS.ProcessEnv; main?: string }): Running;
  run(...args: string[]): Promise<Ended>;
  remove(): void;
}

/** A temporary folder to run the command in; it shares no cache with the user. */
export function newWorkplace(): Workplace {
  const folder = mkdtempSync(join(tmpdir(), "imago-cli-"));
  const start: Workplace["start"] = (args, options = {}) => {
    const env = { ...process.env, IMAGO_CACHE: join(folder, "cache"), IMAGO_DATA: "", ...options.env };
    // Standard input is closed and neither output is a terminal, as in a script.
    return watch(spawn(process.execPath, [options.main ?? main, ...args], { cwd: folder, env }));
  };
  return {
    folder,
    start,
    run: (...args) => start(args).ended,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function watch(child: ChildProcess): Running {
  let stdout = "";
  let stderr = "";
  child.stdout!.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
  const printed = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (stdout.includes(text)) resolve();
      };
      child.stdout!.on("data", look);
      look();
      void ended.then(() => reject(new Error(`It ended without "${text}": ${stdout}${stderr}`)));
    });
  return { child, ended, printed };
}

/** The objects of a command that ran with --json. Throws where a line of standard output is anything else. */
export function objects(stdout: string): { readonly [key: string]: unknown }[] {
  return stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const value: unknown = JSON.parse(line);
      if (typeof value !== "object" || value === null) throw new Error(`no object: ${line}`);
      return value as { readonly [key: string]: unknown };
    });
}
