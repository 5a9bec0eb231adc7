/** What a claim measures with: models trained for it, their likelihoods and samples. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Dataset, Splits } from "../data/dataset.ts";
import { type LoadDataOptions, loadData } from "../data/load-data.node.ts";
import { exactLogLikelihood } from "../metrics/likelihood/index.ts";
import { findModel } from "../models/registry.ts";
import { type Compiled, compile, createRuntime, type Runtime } from "../runtime/index.ts";
import { sizeOf, type Tensor } from "../tensor/index.ts";
import { createSampler, type Examples, type SamplerOptions } from "../train/latents.node.ts";
import { type OpenRun, openRun } from "../train/open-run.node.ts";
import { type TrainOptions, train } from "../train/train.node.ts";

export interface TrainingPlan
  extends Pick<TrainOptions, "steps" | "epochs" | "minutes" | "batch" | "ema" | "preset"> {
  /** A built-in name or a path. */
  readonly data: string;
  readonly size?: number;
  readonly options?: { readonly [name: string]: unknown };
  /** Learn from the first so many examples only. */
  readonly examples?: number;
}

export interface Lab {
  readonly seed: number;
  /** Computes metrics: always on the CPU. */
  readonly runtime: Runtime;
  /** A model trained as planned with the lab's seed; one plan is trained once in a verification. */
  train(model: string, plan: TrainingPlan): Promise<OpenRun>;
  /** Data as a plan names it, with the grey levels that the model takes. */
  data(spec: string, options?: LoadDataOptions): Promise<Splits>;
  /** Mean −log p of test examples, nats: exact, with averaged weights where the run has them. */
  nll(run: OpenRun, options?: { readonly examples?: number; readonly data?: Dataset }): Promise<number>;
  samples(run: OpenRun, n: number, options?: SamplerOptions): Promise<Examples>;
  /** A function of a trained model, compiled in its runtime with averaged weights. */
  compile<F extends (...args: Tensor[]) => unknown>(run: OpenRun, name: string, fn: F): Compiled<F>;
  /** The first n examples of a data set. */
  examples(data: Dataset, n: number, first?: number): Examples;
  say(what: string): void;
}

export interface LabOptions {
  readonly seed: number;
  /** Folder of the runs. */
  readonly folder: string;
  readonly say: (what: string) => void;
  readonly signal?: AbortSignal;
}

export interface OpenLab extends Lab {
  dispose(): Promise<void>;
}

/** A lab for one seed. Runs are kept in the folder, each under a name of its plan, so that they can be looked at. */
export function openLab({ seed, folder, say, signal }: LabOptions): OpenLab {
  const runtime = createRuntime({ device: "cpu", seed });
  const trained = new Map<string, Promise<OpenRun>>();
  const start = async (model: string, plan: TrainingPlan, key: string): Promise<OpenRun> => {
    const definition = findModel(model);
    const { data: spec, size, options, examples, ...length } = plan;
    const levels = definition.pictures?.levels;
    const given = { ...(size !== undefined && { size }), ...(levels !== undefined && { levels }) };
    const whole = await loadData(spec, given);
    const splits = examples === undefined ? whole : { ...whole, train: firstOf(whole.train, examples) };
    const out = join(folder, `${model}-${key}-s${seed}`);
    if (existsSync(out)) await rm(out, { recursive: true });
    say(`training ${model} on ${spec}, seed ${seed}`);
    const quiet = { logEvery: 200, sampleEvery: 1_000_000, checkpointEvery: 1_000_000, keep: 1 };
    const events = train({
      ...{ definition, seed, out, ...quiet, ...length },
      ...(options && { options }),
      data: { spec, ...given, splits },
      ...(signal && { signal }),
    });
    for await (const _ of events) signal?.throwIfAborted();
    return await openRun(out);
  };
  return {
    seed,
    runtime,
    say,
    train(model, plan) {
      const key = keyOf(plan);
      const known = trained.get(`${model} ${key}`) ?? start(model, plan, key);
      trained.set(`${model} ${key}`, known);
      return known;
    },
    data: loadData,
    async nll(run, { examples, data } = {}) {
      const { logProb, likelihood } = run.model;
      const splits = data ? undefined : await runSplits(run);
      const set = data ?? splits!.test ?? splits!.train;
      const { scores } = await exactLogLikelihood((x) => run.withAverages(() => logProb!(x)), set, {
        runtime: run.runtime,
        split: "test",
        ...(examples !== undefined && { examples: Math.min(examples, set.length) }),
        ...(likelihood === "density" && set.kind === "image" && { dequantization: "uniform" }),
      });
      return -scores[0]!.value;
    },
    samples: async (run, n, options) => await createSampler(run, options).sample(seed, 0, n),
    compile: (run, name, fn) =>
      compile(((...args: Tensor[]) => run.withAverages(() => fn(...args))) as typeof fn, {
        runtime: run.runtime,
        training: false,
        name,
      }),
    examples: readExamples,
    async dispose() {
      for (const run of trained.values())
        await run.then((open) => open.runtime.dispose()).catch(() => undefined);
      await runtime.dispose();
    },
  };
}

async function runSplits(run: OpenRun): Promise<Splits> {
  const { runData } = await import("../train/run-data.node.ts");
  return await runData(run);
}

function readExamples(data: Dataset, n: number, first = 0): Examples {
  const count = Math.min(n, data.length - first);
  const out = new Float32Array(count * sizeOf(data.shape));
  data.read(
    Int32Array.from({ length: count }, (_, i) => first + i),
    out,
  );
  return { data: out, shape: [count, ...data.shape] };
}

const firstOf = (data: Dataset, n: number): Dataset => ({
  ...data,
  length: Math.min(n, data.length),
  fingerprint: `${data.fingerprint}/first=${n}`,
});

/** Letters and digits that tell plans apart, "mesh-8-steps2000-hidden64", of a long plan its beginning and a digest of it all. */
export function keyOf({ data, options = {}, ...rest }: TrainingPlan): string {
  const shown = (value: unknown): string =>
    typeof value === "object" ? JSON.stringify(value) : String(value);
  const parts = [
    data,
    ...Object.entries({ ...rest, ...options }).map(([name, value]) => `${name}${shown(value)}`),
  ].join("-");
  const key = parts.replace(/[^a-zA-Z0-9.-]+/g, "_");
  if (key.length <= 100) return key;
  return `${key.slice(0, 90)}-${createHash("sha256").update(parts).digest("hex").slice(0, 12)}`;
}
