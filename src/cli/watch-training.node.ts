/** Shows a training run while it goes on: a line of progress, plain lines, or objects for machines. */
import { basename, dirname } from "node:path";
import type { DataProgress } from "../data/progress.ts";
import type {
  DoneEvent,
  InterruptedEvent,
  ProgressEvent,
  StartEvent,
  StepEvent,
  TrainEvent,
} from "../train/events.ts";
import { exitCodes } from "./errors.node.ts";
import { bytes, counted, duration, grouped, rounded } from "./format.ts";
import { interruptible } from "./interrupt.node.ts";
import { memoryText } from "./memory-text.ts";
import { type Output, table } from "./output.node.ts";
import {
  loadingLine,
  lossesText,
  type ProgressLine,
  progressLine,
  silent,
  standingLine,
} from "./progress.node.ts";
import { relativeToHere } from "./relative.node.ts";

/** Starts a training; what it loads before the first step it reports to `showLoading`. */
export type StartTraining = (
  signal: AbortSignal,
  showLoading: (progress: DataProgress) => void,
) => AsyncIterable<TrainEvent>;

/** Runs a training to its end, or to Ctrl-C, which sets the exit code 130. */
export async function watchTraining(start: StartTraining, out: Output): Promise<void> {
  const line = progressLine(out.json ? silent : process.stdout);
  let started = false;
  const stopping = (): void => {
    line.clear();
    if (started) tell("stopping, and writing a checkpoint first (Ctrl-C again quits at once)");
    else {
      tell("stopped before the first step; there is nothing to keep");
      process.exit(exitCodes.interrupted);
    }
  };
  line.draw("preparing");
  try {
    await interruptible(async (signal) => {
      for await (const event of start(signal, (loading) => line.draw(loadingLine(loading)))) {
        started = true;
        if (event.type !== "progress") out.emit(event);
        if (!(signal.aborted && event.type === "progress")) show(event, line);
        if (event.type === "interrupted") process.exitCode = exitCodes.interrupted;
      }
    }, stopping);
  } finally {
    line.clear();
  }
}

const tell = (text: string): void => void process.stderr.write(`imago: ${text}\n`);

/** In a terminal the numbers of a step are in the line that is redrawn; elsewhere each has a line of its own. */
function show(event: TrainEvent, line: ProgressLine): void {
  const { type } = event;
  if (type === "start") line.print(startText(event));
  else if (type === "memory") line.print(memoryText(event));
  else if (type === "progress" || (type === "step" && line.live)) line.draw(standing(event));
  else if (type === "step") line.print(stepText(event));
  else if (type === "sample") line.print(`step ${event.step}: ${relativeToHere(event.file)}`);
  else if (type === "warning") line.print(`warning: ${event.message}`);
  else if (type === "interrupted") finish(line, interruptedText(event));
  else if (type === "done") finish(line, doneText(event));
}

const standing = (event: StepEvent | ProgressEvent): string =>
  standingLine({ ...event, part: partDone(event) });

function finish(line: ProgressLine, text: string): void {
  line.clear();
  line.print(text);
}

/** From the time, since a run may end by minutes as well as by steps. */
function partDone({ seconds, secondsLeft }: StepEvent | ProgressEvent): number | undefined {
  return secondsLeft === undefined ? undefined : seconds / Math.max(seconds + secondsLeft, 1e-9);
}

function startText(event: StartEvent): string {
  const { model, data, folder, parameters, device, reason, batch, step, steps, minutes } = event;
  const length = [
    ...(steps === undefined ? [] : [counted(steps, "step")]),
    ...(minutes === undefined ? [] : [`${counted(minutes, "minute")} at most`]),
  ].join(", ");
  const from = step === 0 ? "" : `, from step ${step}`;
  return [
    `${model} on ${data} into ${relativeToHere(folder)}`,
    `${grouped(parameters)} parameters; ${length || "until Ctrl-C"}, batches of ${batch}${from}`,
    `${device}: ${reason}`,
  ].join("\n");
}

function stepText({ step, steps, losses, examplesPerSecond, secondsLeft }: StepEvent): string {
  const of = steps === undefined ? "" : `/${steps}`;
  const left = secondsLeft === undefined ? "" : `  ${duration(secondsLeft)} left`;
  return `step ${step}${of}  ${lossesText(losses)}  ${rounded(examplesPerSecond)} examples/s${left}`;
}

function interruptedText({ folder, step }: InterruptedEvent): string {
  const place = relativeToHere(folder);
  return `Stopped at step ${step}, with a checkpoint. To go on: imago resume ${quoted(place)}`;
}

function doneText(event: DoneEvent): string {
  const { folder, step, seconds, losses, sheet, report } = event;
  const run = quoted(relativeToHere(folder));
  // What kind of sheet it is tells what the model can do (run-folder.node.ts).
  const kind = sheet === undefined ? undefined : basename(dirname(sheet));
  const next = [
    ...(kind === "samples" || (kind === undefined && !("test accuracy" in losses))
      ? [[`imago sample ${run}`, "new examples"]]
      : []),
    ...(kind === "reconstructions"
      ? [[`imago reconstruct ${run}`, "examples beside what the model makes of them"]]
      : []),
    [`imago resume ${run} --steps ${2 * step}`, "train it for longer"],
    [`imago export ${run}`, "ONNX files and a page"],
  ];
  return [
    `Done: ${counted(step, "step")} in ${duration(seconds)}, ${lossesText(losses)}`,
    spentText(event),
    "",
    `  run      ${relativeToHere(folder)}`,
    ...(sheet === undefined ? [] : [`  ${kind === "samples" ? kind : "sheet  "}  ${relativeToHere(sheet)}`]),
    `  report   ${relativeToHere(report)}`,
    "",
    "Next:",
    table(next).replace(/^/gm, "  "),
  ].join("\n");
}

/** What the run has cost beside the time it took. */
function spentText({ seconds, waiting, peakMemory }: DoneEvent): string {
  const share =
    waiting === undefined ? "" : `${percent(waiting, seconds)} of the time was spent waiting for data; `;
  return `${share}${bytes(peakMemory)} of memory at most`;
}

const percent = (part: number, whole: number): string =>
  `${((100 * part) / Math.max(whole, 1e-9)).toFixed(1)} %`;

/** As a shell wants a path that has spaces. */
const quoted = (path: string): string =>
  /^[\w./~-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
