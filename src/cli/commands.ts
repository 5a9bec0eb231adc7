import type { Command } from "commander";

/** One file of commands/: gives its command arguments, options, examples and an action. */
export interface CommandFile {
  define(command: Command): void;
}

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<CommandFile>;
}

/** In the order of `imago --help`. */
export const commands: readonly CommandEntry[] = [
  {
    name: "train",
    summary: "train a model, on built-in data or your own pictures",
    load: () => import("./commands/train.node.ts"),
  },
  {
    name: "resume",
    summary: "go on with a run that was interrupted, or train it for longer",
    load: () => import("./commands/resume.node.ts"),
  },
  {
    name: "sample",
    summary: "draw new examples from a trained run",
    load: () => import("./commands/sample.node.ts"),
  },
  {
    name: "interpolate",
    summary: "walk between latent vectors: a sheet, or an animation",
    load: () => import("./commands/interpolate.node.ts"),
  },
  {
    name: "reconstruct",
    summary: "show examples beside what the model makes of them",
    load: () => import("./commands/reconstruct.node.ts"),
  },
  {
    name: "traverse",
    summary: "show what each latent variable does, one row each",
    load: () => import("./commands/traverse.node.ts"),
  },
  {
    name: "search",
    summary: "find the training pictures most like one, in latent space",
    load: () => import("./commands/search.node.ts"),
  },
  {
    name: "complete",
    summary: "draw the missing part of pictures, given the rest",
    load: () => import("./commands/complete.node.ts"),
  },
  {
    name: "heatmap",
    summary: "show pictures beside how unexpected each of their pixels is",
    load: () => import("./commands/heatmap.node.ts"),
  },
  {
    name: "eval",
    summary: "measure how good, diverse, original and likely a run's samples are",
    load: () => import("./commands/eval.node.ts"),
  },
  {
    name: "compare",
    summary: "rank runs by scores that were measured in the same way",
    load: () => import("./commands/compare.node.ts"),
  },
  {
    name: "verify",
    summary: "measure what models must show: claims, baselines, seeds",
    load: () => import("./commands/verify.node.ts"),
  },
  {
    name: "export",
    summary: "write ONNX files, a card, and a page that draws in the browser",
    load: () => import("./commands/export.node.ts"),
  },
  {
    name: "models",
    summary: "list the models, or the options of one",
    load: () => import("./commands/models.node.ts"),
  },
  {
    name: "data",
    summary: "list the data sets, or download one",
    load: () => import("./commands/data.node.ts"),
  },
  {
    name: "doctor",
    summary: "what this machine can run on, and how fast",
    load: () => import("./commands/doctor.node.ts"),
  },
];
