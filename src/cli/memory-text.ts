/** What takes memory in a training, for people. */
import type { MemoryEvent } from "../train/events.ts";
import { bytes } from "./format.ts";
import { table } from "./output.node.ts";

/** So many things that are held at the peak are named. */
const named = 8;

/** A table of what takes memory, and of what is held where the step takes most. */
export function memoryText({ parts, total, peak }: MemoryEvent): string {
  const rows = parts
    .filter((part) => part.bytes > 0)
    .map((part) => [
      part.name,
      part.name === "activations" ? `about ${bytes(part.bytes)}` : bytes(part.bytes),
    ]);
  const shown = peak.slice(0, named).map((entry) => {
    const count = entry.count > 1 ? `${entry.count} × ` : "";
    return [
      `${count}${entry.operation}`,
      bytes(entry.bytes),
      entry.scope || "derivatives, lowered layers, new state",
    ];
  });
  const rest = peak.slice(named).reduce((sum, entry) => sum + entry.bytes, 0);
  return [
    "Memory of a step:",
    indented(table([...rows, ["together", `about ${bytes(total)}`]])),
    ...(shown.length === 0 ? [] : ["Activations where the step takes most:"]),
    ...(shown.length === 0
      ? []
      : [indented(table([...shown, ...(rest > 0 ? [["others", bytes(rest), ""]] : [])]))]),
  ].join("\n");
}

const indented = (text: string): string => text.replace(/^/gm, "  ");
