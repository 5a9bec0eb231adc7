/** Standard output: sentences for people, or with --json one object per line and nothing else. */

export interface Output {
  readonly json: boolean;
  /** A line for a person; nothing with --json. */
  say(line?: string): void;
  /** An object for a machine; nothing without --json. */
  emit(object: object): void;
}

export function openOutput({ json = false }: { json?: boolean | undefined } = {}): Output {
  return {
    json,
    say: (line = "") => void (json || process.stdout.write(`${line}\n`)),
    emit: (object) => void (json && process.stdout.write(`${JSON.stringify(object)}\n`)),
  };
}

/** `imago models | head -1`: who reads no further wants no message about it. */
export function leaveQuietlyWhenUnread(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    if (process.listenerCount(unread) > 0) process.emit(unread as never);
    else process.exit(0);
  });
}

/** Emitted on `process` in place of leaving, where a command has something to save first. */
export const unread = "imago:unread";

/** Columns of text, each as wide as its widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd();
  return rows.map(line).join("\n");
}
