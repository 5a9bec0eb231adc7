/**
 * What a person sees while something runs: in a terminal one line that is drawn over itself, elsewhere plain lines.
 */
import type { DataProgress } from "../data/progress.ts";
import { bytes, duration, grouped, rounded } from "./format.ts";

/** How far a run has come. */
export interface Standing {
  readonly step: number;
  readonly steps?: number | undefined;
  /** Part done, from 0 to 1, where it can be told. */
  readonly part?: number | undefined;
  readonly losses: { readonly [name: string]: number };
  readonly examplesPerSecond: number;
  readonly secondsLeft?: number | undefined;
}

export interface ProgressLine {
  /** Whether there is a terminal in which a line can be redrawn. */
  readonly live: boolean;
  /** Draws the line anew; nothing where there is no terminal. */
  draw(text: string): void;
  /** A line that stays, above the one that is redrawn. */
  print(text: string): void;
  /** Takes the redrawn line away. */
  clear(): void;
}

/** The parts of a terminal that are used, so that a test can stand in for it. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Where nothing is to be shown: standard output belongs to the machine. */
export const silent: Terminal = { write: () => undefined };

const eraseLine = "\r\u001b[2K";

export function progressLine(out: Terminal = process.stdout): ProgressLine {
  if (!out.isTTY) {
    const print = (text: string): void => void out.write(`${text}\n`);
    return { live: false, draw: () => undefined, print, clear: () => undefined };
  }
  let shown = "";
  const draw = (text: string): void => {
    // The last column stays free: a full line wraps in some terminals and can then not be erased.
    shown = text.slice(0, (out.columns || 80) - 1);
    out.write(eraseLine + shown);
  };
  return {
    live: true,
    draw,
    print(text) {
      out.write(`${eraseLine}${text}\n`);
      if (shown) out.write(shown);
    },
    clear() {
      if (shown) out.write(eraseLine);
      shown = "";
    },
  };
}

const barWidth = 20;

function bar(part: number): string {
  const full = Math.round(Math.min(Math.max(part, 0), 1) * barWidth);
  return "█".repeat(full) + "░".repeat(barWidth - full);
}

/** Bar, step of total, time left, speed, losses: what matters most first, since a narrow terminal cuts the end. */
export function standingLine({
  step,
  steps,
  part,
  losses,
  examplesPerSecond,
  secondsLeft,
}: Standing): string {
  const counted = `${step}${steps === undefined ? "" : `/${steps}`}`;
  return [
    ...(part === undefined ? [] : [bar(part)]),
    counted,
    ...(secondsLeft === undefined ? [] : [`${duration(secondsLeft)} left`]),
    `${rounded(examplesPerSecond)} examples/s`,
    lossesText(losses),
  ].join("  ");
}

/** Files or other things that are being read: "reading pictures  ██░░  120 of 3,500". */
export function loadingLine({ stage, done, total }: DataProgress): string {
  return [stage, bar(done / Math.max(total, 1)), `${grouped(done)} of ${grouped(total)}`].join("  ");
}

/** Bytes that are being fetched. */
export function downloadLine({ stage, done, total }: DataProgress): string {
  return [stage, bar(done / Math.max(total, 1)), `${bytes(done)} of ${bytes(total)}`].join("  ");
}

/** "D 1.204  G 0.871  D(x) 0.52": a phase's loss by the phase's name, other numbers by their own. */
export function lossesText(losses: { readonly [name: string]: number }): string {
  const short = (name: string): string => name.replace(/\.loss$/, "").replace(/^[^.]+\./, "");
  const names = Object.keys(losses);
  const clear = new Set(names.map(short)).size === names.length;
  return names.map((name) => `${clear ? short(name) : name} ${rounded(losses[name]!)}`).join("  ");
}
