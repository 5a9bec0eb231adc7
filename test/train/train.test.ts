/** Training in this process: what a run leaves behind, how it stops, and what it says when something is wrong. */
import { appendFile, copyFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { loadData } from "../../src/data/load-data.node.ts";
import { defineModel, findModel } from "../../src/models/index.ts";
import { dense, network } from "../../src/nn/index.ts";
import { sgd } from "../../src/optim/index.ts";
import { log, relu, sqrt, type Tensor } from "../../src/tensor/index.ts";
import type { TrainEvent } from "../../src/train/events.ts";
import { openRun } from "../../src/train/open-run.node.ts";
import { decodeSafetensors } from "../../src/train/safetensors.ts";
import { resume, type TrainOptions, train } from "../../src/train/train.node.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "imago-train-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function all(events: AsyncIterable<TrainEvent>): Promise<TrainEvent[]> {
  const list: TrainEvent[] = [];
  for await (const event of events) list.push(event);
  return list;
}
const sentence = (events: AsyncIterable<TrainEvent>): Promise<string> =>
  all(events).then(
    () => "no error",
    (error: Error) => `${error.name}: ${error.message}`,
  );
const bytes = (...path: string[]): Promise<string> => readFile(join(folder, ...path), "hex");

const ring = async (changes: Partial<TrainOptions> = {}): Promise<TrainOptions> => ({
  definition: findModel("gan"),
  data: { spec: "ring", splits: await loadData("ring") },
  preset: "tiny",
  device: "cpu",
  threads: 1,
  ...changes,
});

/**
 * Two ways to break: log(‖w·x‖² − c) falls until the logarithm's argument is negative; √max(0, w·x − 1000) is 0 and its
 * derivative not a number.
 */
const breaking = defineModel({
  name: "breaking",
  title: "A model whose numbers break",
  family: "classical",
  paper: "none",
  data: ["points"],
  options: z.object({ by: z.enum(["log", "root"]).default("log") }),
  training: { batch: 4, steps: 100 },
  build({ by }) {
    const net = network("net", (x: Tensor) => dense(x, 1, { bias: false }));
    const loss = (x: Tensor): Tensor =>
      by === "log" ? log(net(x).square().mean().sub(0.01)) : sqrt(relu(net(x).sub(1000)).sum());
    return {
      phases: [{ name: "fit", train: net, optimizer: sgd({ lr: 0.005 }), loss: ({ x }) => loss(x) }],
    };
  },
});

/** A phase that sees all examples, and after half the run one that sees a single one. */
const fewExamples = defineModel({
  name: "few",
  title: "A model with a phase for few examples",
  family: "classical",
  paper: "none",
  data: ["points"],
  options: z.object({}),
  training: { batch: 4, steps: 100 },
  build() {
    const net = network("net", (x: Tensor) => dense(x, 1, { bias: false }));
    const phase = (name: string) => ({
      name,
      train: net,
      optimizer: sgd({ lr: 0.005, name }),
      loss: ({ x }: { x: Tensor }) => ({ loss: net(x).square().mean(), seen: x.mean() }),
    });
    return {
      phases: [
        { ...phase("all"), during: [0, 0.5] as const },
        { ...phase("few"), during: [0.5, 1] as const, examples: 1 },
      ],
    };
  },
});

describe("a run", () => {
  it("leaves a manifest, a log, pictures, the newest checkpoints and a report", async () => {
    const out = join(folder, "whole");
    const events = await all(train(await ring({ out, steps: 50, keep: 2 })));
    expect(events[0]).toMatchObject({ type: "start", steps: 50, step: 0, parameters: 179 });
    expect(events.at(-1)).toMatchObject({
      type: "done",
      step: 50,
      sheet: join(out, "samples", "000050.png"),
    });
    expect((await readdir(out)).sort()).toEqual([
      "checkpoints",
      "manifest.json",
      "metrics.jsonl",
      "report.html",
      "samples",
    ]);
    expect(await readdir(join(out, "checkpoints"))).toEqual(["000040.safetensors", "000050.safetensors"]);
    const steps = events.filter((event) => event.type === "step");
    expect(steps).toHaveLength(50);
    expect(Object.keys(steps[0]!.losses)).toEqual(["D.loss", "D.D(x)", "D.D(G(z))", "G.loss"]);
    expect((await readFile(join(out, "metrics.jsonl"), "utf8")).trim().split("\n")).toHaveLength(50);
  });

  it("says what takes memory where that is asked, how long it waited for data, and its peak", async () => {
    const out = join(folder, "memory");
    const events = await all(train(await ring({ out, steps: 2, memory: true, ema: 0.9 })));
    const [, memory] = events;
    if (memory?.type !== "memory") throw new Error("expected the memory after the start");
    const bytesOf = Object.fromEntries(memory.parts.map(({ name, bytes }) => [name, bytes]));
    expect(bytesOf).toMatchObject({
      parameters: 4 * 179,
      optimiser: 4 * (2 * 179 + 2), // two moments of each, and a count for each player
      averages: 4 * (179 + 1),
      "other state": 0,
      minibatches: 4 * 2 * 24,
    });
    expect(bytesOf["random numbers"]).toBeGreaterThan(0);
    // At least the new state leaves the graph.
    expect(bytesOf["activations"]).toBeGreaterThanOrEqual(4 * 4 * 179);
    const held = memory.peak.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(held).toBeGreaterThan(0);
    expect(held).toBeLessThanOrEqual(bytesOf["activations"]!);
    const done = events.at(-1);
    if (done?.type !== "done") throw new Error("expected the end of the run");
    expect(done.waiting).toBeGreaterThan(0);
    expect(done.waiting).toBeLessThanOrEqual(done.seconds);
    expect(done.peakMemory).toBeGreaterThan(memory.total);
    expect(await readFile(join(out, "report.html"), "utf8")).toContain("of it waiting for data");
  });

  it("is not overwritten unless asked", async () => {
    const out = join(folder, "whole");
    expect(await sentence(train(await ring({ out, steps: 2 })))).toMatch(/^UserError: .*holds a run already/);
    const other = join(folder, "other");
    await all(train(await ring({ out: other, steps: 1 })));
    await writeFile(join(other, "notes.txt"), "mine");
    await all(train(await ring({ out: other, steps: 2, overwrite: true })));
    expect(await readdir(join(other, "checkpoints"))).toEqual(["000002.safetensors"]);
    expect(await readFile(join(other, "notes.txt"), "utf8")).toBe("mine");
  });

  it("takes the next number of runs of the same model and data", async () => {
    const runs = join(folder, "runs");
    for (const number of ["0001", "0002"]) {
      const [start] = await all(train(await ring({ runs, steps: 1 })));
      expect(start).toMatchObject({ folder: join(runs, `gan-ring-${number}`) });
    }
  });

  it("stops at the signal with a checkpoint, and resumed gives the bytes of an unstopped run", async () => {
    const glyphs = await loadData("glyphs", { size: 32 });
    const options = async (out: string): Promise<TrainOptions> => ({
      ...(await ring({ out: join(folder, out), steps: 6, ema: 0.9, checkpointEvery: 4, sampleEvery: 2 })),
      definition: findModel("dcgan"),
      data: { spec: "glyphs", size: 32, splits: glyphs, flip: true },
    });
    await all(train(await options("smooth")));
    const stop = new AbortController();
    let last: TrainEvent | undefined;
    for await (const event of train({ ...(await options("stopped")), signal: stop.signal })) {
      if (event.type === "step" && event.step === 3) stop.abort();
      last = event;
    }
    expect(last).toMatchObject({ type: "interrupted", step: 3 });
    await all(resume({ run: join(folder, "stopped"), threads: 1 }));
    for (const file of ["checkpoints/000006.safetensors", "samples/000006.png"])
      expect(await bytes("stopped", file), file).toBe(await bytes("smooth", file));
  });

  it("goes on to a new number of steps, and then remembers it", async () => {
    await all(train(await ring({ out: join(folder, "longer"), steps: 3 })));
    const events = await all(resume({ run: join(folder, "longer"), steps: 5, threads: 1 }));
    expect(events[0]).toMatchObject({ type: "start", step: 3, steps: 5 });
    expect(events.at(-1)).toMatchObject({ type: "done", step: 5 });
    const again = await all(resume({ run: join(folder, "longer"), threads: 1 }));
    expect(again.at(-1)).toMatchObject({ type: "done", step: 5 });
    expect(await sentence(resume({ run: join(folder, "longer"), steps: -1 }))).toMatch(
      /UserError: steps is -1/,
    );
  });

  it("ends by the clock", async () => {
    const events = await all(train(await ring({ out: join(folder, "minutes"), minutes: 0.001 })));
    const done = events.at(-1);
    expect(done).toMatchObject({ type: "done" });
    expect(done?.type === "done" && done.seconds).toBeGreaterThanOrEqual(0.06);
  });

  it("splits a step of many updates into a graph for each phase, and resumes that too", async () => {
    const many = { options: { discriminatorSteps: 5 }, checkpointEvery: 2, ema: 0.9 };
    await all(train(await ring({ ...many, out: join(folder, "many"), steps: 6 })));
    await all(train(await ring({ ...many, out: join(folder, "many2"), steps: 4 })));
    await all(resume({ run: join(folder, "many2"), steps: 6, threads: 1 }));
    const last = "checkpoints/000006.safetensors";
    expect(await bytes("many2", last)).toBe(await bytes("many", last));
    const { metadata } = decodeSafetensors(await readFile(join(folder, "many", last)), "checkpoint");
    expect(JSON.parse(metadata["counters"]!)).toEqual({ "train.D": 30, "train.G": 6, "train.averages": 6 });
  });
});

describe("a phase for few examples", () => {
  it("sees those only, in its stage of the run", async () => {
    const out = join(folder, "few");
    const events = await all(train(await ring({ definition: fewExamples, out, steps: 8, logEvery: 1 })));
    const losses = events.flatMap((event) => (event.type === "step" ? [event.losses] : []));
    const seen = (name: string): number[] => losses.flatMap((one) => one[name] ?? []);
    expect(new Set(seen("all.seen")).size).toBe(4);
    expect(seen("few.seen")).toHaveLength(4);
    expect(new Set(seen("few.seen")).size).toBe(1);
  });
});

describe("a checkpoint that cannot be trusted", () => {
  const damaged = async (name: string, change: (file: string) => Promise<unknown>): Promise<string> => {
    const out = join(folder, name);
    await all(train(await ring({ out, steps: 2 })));
    await change(join(out, "checkpoints", "000002.safetensors"));
    return out;
  };
  const header = async (file: string, from: string, to: string): Promise<void> => {
    const content = await readFile(file, "latin1");
    expect(content).toContain(from);
    await writeFile(file, content.replace(from, to), "latin1");
  };

  it.each<[string, (file: string) => Promise<unknown>, RegExp]>([
    ["truncated", (file) => truncate(file, 900), /damaged: its header/],
    ["empty", (file) => truncate(file, 0), /damaged: it has 0 bytes/],
    ["too long", (file) => appendFile(file, "x"), /describes \d+ bytes of numbers, it has \d+/],
    [
      "a lying length",
      (file) => header(file, "\u0000\u0000\u0000\u0000{", "\u0000\u0000\u0000\u007f{"),
      /claims \d+ bytes/,
    ],
    ["a lying shape", (file) => header(file, '"shape":[2,16]', '"shape":[9,16]'), /does not fit its shape/],
    [
      "a lying offset",
      (file) => header(file, '"data_offsets":[0,', '"data_offsets":[4,'),
      /does not fit its shape/,
    ],
    ["no JSON", (file) => header(file, '{"__metadata__"', "{{__metadata__ "), /no JSON object/],
    [
      "another number",
      (file) => readFile(file).then((b) => writeFile(file, b.fill(1, b.length - 4))),
      /checksum/,
    ],
    ["another model", (file) => header(file, '[\\"gan\\"', '[\\"gin\\"'), /of another model/],
  ])("%s is a sentence", async (name, change, reason) => {
    const out = await damaged(name, change);
    for (const said of [await sentence(resume({ run: out })), await openRun(out).catch(String)]) {
      expect(said).toMatch(/^UserError: The checkpoint [^\n]*\.$/);
      expect(said).toMatch(reason);
    }
  });

  it("is passed over for an older one that is whole", async () => {
    const out = join(folder, "passed-over");
    await all(train(await ring({ out, steps: 20 })));
    const newest = join(out, "checkpoints", "000020.safetensors");
    const before = await readFile(newest, "hex");
    await truncate(newest, 500);
    const events = await all(resume({ run: out, threads: 1 }));
    expect(events[0]).toMatchObject({ type: "start", step: 10 });
    expect(events[1]).toMatchObject({ type: "warning", message: expect.stringMatching(/000020.*damaged/) });
    expect(await readFile(newest, "hex")).toBe(before);
  });

  it("of the same model with other options is refused by the model's own shapes", async () => {
    const out = join(folder, "foreign");
    await all(train(await ring({ out, steps: 2 })));
    const wide = join(folder, "wide");
    await all(train(await ring({ out: wide, steps: 2, options: { hidden: "8" } })));
    const name = join("checkpoints", "000002.safetensors");
    await copyFile(join(wide, name), join(out, name));
    expect(await sentence(resume({ run: out }))).toMatch(/UserError: .*of another model/);
  });
});

describe("a folder that cannot be written", () => {
  it("is a sentence", async () => {
    const file = join(folder, "a-file");
    await writeFile(file, "");
    expect(await sentence(train(await ring({ out: join(file, "run"), steps: 2 })))).toMatch(
      /^UserError: Cannot write .*a-file.*: a part of the path is a file/,
    );
  });
});

describe("a number that is not finite", () => {
  it("stops the run with the first value that went wrong, and leaves the last good checkpoint", async () => {
    const out = join(folder, "breaking");
    const options = { definition: breaking, preset: undefined, out, checkpointEvery: 1, sampleEvery: 5 };
    const said = await sentence(train(await ring(options)));
    expect(said).toMatch(
      /^UserError: Training stopped at step \d+ in phase fit, because fit.loss is not finite; the first value that went wrong is the result of log in the loss of fit: usually the logarithm of 0 or of a negative number.*; the checkpoint of step \d+ is kept/,
    );
    const stopped = Number(/step (\d+)/.exec(said)![1]);
    expect(stopped).toBeGreaterThan(1);
    const kept = await readdir(join(out, "checkpoints"));
    expect(kept.at(-1)).toBe(`${String(stopped - 1).padStart(6, "0")}.safetensors`);
  });

  it("is found in a gradient too, before the weights are written anywhere", async () => {
    const out = join(folder, "breaking-root");
    const options = { definition: breaking, preset: undefined, out, options: { by: "root" } };
    expect(await sentence(train(await ring(options)))).toMatch(
      /at step 1 in phase fit, because fit.gradNorm is not finite; the first value that went wrong is the result of \w+ in the gradient of net\/dense_1\/weight: .*derivative of a root at 0.*there is no checkpoint yet/,
    );
    expect(await readdir(out)).not.toContain("checkpoints");
  });
});
