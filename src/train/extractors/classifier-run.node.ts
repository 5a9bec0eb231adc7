/** A run of a classifier as feature extractor: the layer below its scores, and its probabilities. */
import { createHash } from "node:crypto";
import { basename } from "node:path";
import { withChannels } from "../../data/channels.ts";
import { floatDataset } from "../../data/float-dataset.ts";
import { resized } from "../../data/resize.ts";
import { join } from "../../export-page/latents.ts";
import { compile, createRuntime, type RuntimeOptions } from "../../runtime/index.ts";
import { type Tensor, UserError } from "../../tensor/index.ts";
import { type OpenRun, openRun } from "../open-run.node.ts";
import { checkExamples, type Extraction, type FeatureExtractor, softmaxRows } from "./extractor.ts";

/** Examples in one call: one graph serves all, the last call is filled up. */
const portion = 128;

export type ClassifierOptions = Pick<RuntimeOptions, "device" | "threads"> & {
  /** Step of the checkpoint. Default: the newest. */
  readonly checkpoint?: number;
};

/**
 * Opens a run folder of a model with `classify` and `features`. Pictures of another size or number of channels are brought to
 * the run's as its training data were. A support vector machine gives no probabilities: its margins are none.
 * Throws (UserError) where the run cannot be opened or its model does not classify.
 */
export async function classifierExtractor(
  nameOrFolder: string,
  { checkpoint, device = "cpu", threads }: ClassifierOptions = {},
): Promise<FeatureExtractor> {
  const runtime = createRuntime({ device, ...(threads !== undefined && { threads }) });
  try {
    const run = await openRun(nameOrFolder, { runtime, ...(checkpoint !== undefined && { checkpoint }) });
    const apply = compiled(run);
    const size = run.spec.shape.reduce((a, b) => a * b, 1);
    const probe = await apply(new Float32Array(size), 1);
    const name = `${run.definition.name} ${basename(run.folder)}`;
    return {
      name,
      hash: await hashOf(run),
      kind: "classifier",
      dimensions: probe.features.length,
      ...(probe.probabilities && { classes: probe.probabilities.length }),
      ...(run.spec.kind === "image" && {
        resizer: `as in training, ${run.spec.shape.slice(1).join("×")}`,
      }),
      async extract(examples, n, shape) {
        checkExamples(name, examples, n, shape);
        return await apply(fitted(run, examples, shape), n);
      },
      dispose: () => runtime.dispose(),
    };
  } catch (error) {
    await runtime.dispose();
    throw error;
  }
}

type Apply = (examples: Float32Array, n: number) => Promise<Extraction>;

function compiled(run: OpenRun): Apply {
  const { model, spec, manifest, definition } = run;
  const { classify, features } = model;
  if (!classify || !features) {
    throw new UserError(
      `${run.folder} is a run of ${definition.name}, which does not classify; name a run of \`imago train classifier\`.`,
    );
  }
  const f = compile((x: Tensor) => run.withAverages(() => ({ features: features(x), scores: classify(x) })), {
    runtime: run.runtime,
    training: false,
    name: "features",
  });
  const size = spec.shape.reduce((a, b) => a * b, 1);
  const margins = manifest.options["head"] === "svm";
  return async (examples, n) => {
    const parts: { features: Float32Array; scores: Float32Array }[] = [];
    let classes = 0;
    for (let first = 0; first < n; first += portion) {
      const rows = Math.min(portion, n - first);
      const x = new Float32Array(portion * size);
      x.set(examples.subarray(first * size, (first + rows) * size));
      const out = await f({ data: x, shape: [portion, ...spec.shape] });
      const top = ({ data }: { readonly data: unknown }): Float32Array => {
        const all = data as Float32Array;
        return all.subarray(0, (all.length / portion) * rows);
      };
      parts.push({ features: top(out.features), scores: top(out.scores) });
      classes = out.scores.shape[1]!;
    }
    const all = join(parts.map((part) => part.features));
    if (margins) return { features: all };
    return { features: all, probabilities: softmaxRows(join(parts.map((part) => part.scores)), classes) };
  };
}

/** The examples as the run's training data looked. */
function fitted({ spec, folder }: OpenRun, examples: Float32Array, shape: readonly number[]): Float32Array {
  const own = shape.slice(1);
  if (own.join() === spec.shape.join()) return examples;
  const [channels, height, width] = spec.shape;
  const picture = own.length === 3 && (own[0] === 1 || own[0] === 3);
  if (spec.kind !== "image" || !picture || height !== width || (channels !== 1 && channels !== 3)) {
    throw new UserError(
      `The classifier ${folder} takes examples [${spec.shape.join(", ")}], but these are [${own.join(", ")}]; give examples of its own kind and shape.`,
    );
  }
  const given = floatDataset({
    ...{ name: "examples", kind: "image", shape: own, values: examples, fingerprint: "" },
  });
  const data = withChannels(resized(given, height!), channels);
  const out = new Float32Array(shape[0]! * channels * height! * width!);
  data.read(
    Array.from({ length: shape[0]! }, (_, i) => i),
    out,
  );
  return out;
}

/** Of the network's numbers and of what makes features of them; where the run lies and how it was trained do not matter. */
async function hashOf({ runtime, model, manifest, spec }: OpenRun): Promise<string> {
  const hash = createHash("sha256");
  const { model: about, options, training } = manifest;
  hash.update(JSON.stringify([about.name, options["head"] ?? "", spec.shape, training.ema === undefined]));
  const optimizers = new Set(model.phases.map((phase) => phase.optimizer.name));
  const own = runtime.names().filter((name) => !optimizers.has(name.split("/")[0]!));
  for (const name of own.sort()) {
    const { data, shape } = await runtime.get(name);
    hash.update(`${name} ${shape.join("x")}:`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest("hex");
}
