/** What every model of the registry must do, whatever it is; a new model is tested by being in the registry. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import {
  type Compiled,
  compile,
  constant,
  createRuntime,
  createStream,
  type ExampleSpec,
  grad,
  type Model,
  type ModelDefinition,
  minimize,
  models,
  type Runtime,
  read,
  resolveOptions,
  type Tensor,
  trainableVariables,
  type Value,
} from "../../src/index.ts";
import { fitData } from "../../src/train/fit-data.ts";
import { createFitting } from "../../src/train/fitting.ts";
import { createSequential } from "../../src/train/sequential.ts";

const classes = 4;
const shapes: { readonly [name: string]: ExampleSpec } = {
  "grey 28": { kind: "image", shape: [1, 28, 28] },
  points: { kind: "points", shape: [2] },
  "grey 16": { kind: "image", shape: [1, 16, 16] },
  "colour 16": { kind: "image", shape: [3, 16, 16] },
  "colour 28": { kind: "image", shape: [3, 28, 28] },
  "colour 32": { kind: "image", shape: [3, 32, 32] },
  "grey 64": { kind: "image", shape: [1, 64, 64] },
  "colour 64": { kind: "image", shape: [3, 64, 64] },
  "colour 128": { kind: "image", shape: [3, 128, 128] },
};
/** Whether pictures are within the limits that a model states. */
function fits({ pictures }: ModelDefinition, { kind, shape }: ExampleSpec): boolean {
  if (kind !== "image" || !pictures) return true;
  const { largest = Number.POSITIVE_INFINITY, channels, multipleOf = 1 } = pictures;
  const side = shape[1]!;
  return side <= largest && side % multipleOf === 0 && (channels?.some((n) => n === shape[0]) ?? true);
}
type Case = readonly [model: string, data: string, definition: ModelDefinition, spec: ExampleSpec];
const cases: Case[] = models.flatMap((definition) =>
  Object.entries(shapes)
    .filter(([, spec]) => definition.data.includes(spec.kind) && fits(definition, spec))
    .map(([data, spec]) => {
      const levels = spec.kind === "image" ? { levels: definition.pictures?.levels ?? 256 } : {};
      return [definition.name, data, definition, { ...spec, ...levels, classes }] as const;
    }),
);
/** Choices of options that build other networks or losses than the defaults do. */
const variants: { readonly [model: string]: readonly { readonly [option: string]: unknown }[] } = {
  "gated-pixelcnn": [{ conditional: false }],
  pixelrnn: [{ cell: "diagonal-bilstm" }],
  "multiscale-pixelrnn": [{ rest: "parallel" }],
  pixelcnnpp: [{ likelihood: "softmax", shortcuts: false }],
  fvbn: [{ order: "random" }],
  nade: [{ orderless: true, order: "spiral" }, { activation: "sigmoid" }],
  made: [
    { masks: 3, hidden: [16, 12] },
    { masks: 2, agnostic: "order", direct: false },
  ],
  rbm: [{ algorithm: "cd", k: 2 }],
  nice: [{ prior: "logistic", activation: "relu" }],
  realnvp: [{ dequantization: "variational" }],
  glow: [{ dequantization: "variational" }, { permutation: "shuffle" }],
  autoencoder: [
    { networks: "conv" },
    { networks: "linear", error: "squared" },
    { noise: 0.5 },
    { noise: 0.2, corruption: "gaussian" },
  ],
  sae: [{ units: "relu" }, { pretrain: false, hidden: [] }, { tune: "top" }],
  cvae: [{ given: "part", quadrants: 2 }],
  vae: [
    { beta: 2, warmup: 10 },
    { networks: "conv" },
    { networks: "conv", decoder: "gaussian" },
    { decoder: "gaussian", samples: 3 },
  ],
  gan: [{ objective: "minimax", discriminatorSteps: 2 }],
  dcgan: [{ prior: "uniform" }],
  pca: [{ whiten: false }],
  kde: [{ bandwidth: "silverman" }],
  gmm: [{ byClass: true, covariance: "diagonal" }],
  pcakde: [{ density: "gaussian" }],
  classifier: [{ head: "svm" }, { networks: "linear", head: "svm" }, { networks: "mlp", hidden: [16, 8] }],
};
type Studied = readonly [title: string, build: () => Model, spec: ExampleSpec];
/** What is looked at closely: pictures, points, and every variant on small pictures. */
const studied: Studied[] = cases.flatMap(([name, data, definition, spec]) => {
  const own = data === "grey 28" || data === "points" ? [{}] : [];
  return [...own, ...(data === "grey 16" ? (variants[name] ?? []) : [])].map((options): Studied => {
    const chosen = Object.entries(options).map(([key, value]) => `, ${key} ${value}`);
    const build = (): Model => definition.build(resolveOptions(definition, "tiny", options), spec);
    return [`${name} on ${data}${chosen.join("")}`, build, spec];
  });
});

/** Those that a gradient trains. */
const trained = studied.filter(([, build]) => !build().fit);

const batch = 8;

/** Something like the data: pixels of as many levels as there are in [−1, 1], or points around the origin. */
function examples({ kind, shape, levels = 256 }: ExampleSpec, n = batch): Value & { data: Float32Array } {
  const size = shape.reduce((a, b) => a * b, n);
  const data = createStream([7, 11]).normal(new Float32Array(size));
  const half = (levels - 1) / 2;
  const pixel = (v: number): number => Math.round((Math.tanh(v) + 1) * half) / half - 1;
  return { data: kind === "image" ? data.map(pixel) : data, shape: [n, ...shape] };
}

/** Class numbers of a minibatch: each class in turn. */
const labels = (n: number): Tensor => constant(Int32Array.from({ length: n }, (_, i) => i % classes));

/** Every phase once, as a trainer runs them: `each` gets what the phase minimises and logs. */
function phases(model: Model, x: Tensor, each: (phase: Model["phases"][number], loss: Tensor) => Tensor[]) {
  return model.phases.map((phase) => {
    const result = phase.loss({ x, y: labels(x.shape[0]!) });
    const { loss, ...logged } = "dtype" in result ? { loss: result as Tensor } : result;
    return { loss, logged, rest: each(phase, loss) };
  });
}

const trainingStep = (model: Model, runtime: Runtime): Compiled<(x: Tensor) => unknown> =>
  compile(
    (x: Tensor) =>
      phases(model, x, (p, loss) => minimize(loss, p.train, p.optimizer, { clip: p.clip ?? {} })),
    { runtime, name: "train", training: true },
  );

async function withRuntime<T>(seed: number, body: (runtime: Runtime) => Promise<T>): Promise<T> {
  const runtime = createRuntime({ device: "cpu", threads: 1, seed });
  try {
    return await body(runtime);
  } finally {
    await runtime.dispose();
  }
}

/** The data-dependent initialisation, where a model has one. */
async function initialize(model: Model, spec: ExampleSpec, runtime: Runtime): Promise<void> {
  if (!model.initialize) return;
  const first = (x: Tensor): readonly Tensor[] => {
    model.initialize!({ x, y: labels(x.shape[0]!) });
    return [];
  };
  await compile(first, { runtime, training: true, name: "initialize" })(examples(spec));
}

/** One step of training, or the whole estimation of a model without gradients. */
async function learn(model: Model, spec: ExampleSpec, runtime: Runtime): Promise<void> {
  if (!model.fit) return void (await trainingStep(model, runtime)(examples(spec)));
  const { data } = examples(spec, fitted);
  const name = "examples";
  const set = { name, kind: spec.kind, shape: spec.shape, length: fitted, classes, fingerprint: name };
  const read = (indices: ArrayLike<number>, out: Float32Array): void => {
    const size = data.length / fitted;
    for (let i = 0; i < indices.length; i++)
      out.set(data.subarray(indices[i]! * size, (indices[i]! + 1) * size), i * size);
  };
  const classOf = (indices: ArrayLike<number>, out: Int32Array): void =>
    out.set(Array.from(indices, (i) => i % classes));
  const fitting = createFitting(
    model,
    fitData({ ...set, read, labels: classOf }, { seed: 1, iterations: 3 }),
    runtime,
  );
  for (let numbers = await fitting.next(); numbers; numbers = await fitting.next())
    for (const value of Object.values(numbers.losses)) expect(Number.isFinite(value)).toBe(true);
}

/** Examples that an estimator without gradients sees. */
const fitted = 64;

/** Large arrays are slow to compare and to show. */
const digest = ({ data }: Value): string =>
  createHash("sha256")
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .digest("hex");

describe("training", () => {
  test.each(trained)("%s: loss and gradients are finite, and no gradient is zero", (_, build, spec) =>
    withRuntime(1, async (runtime) => {
      const model = build();
      await initialize(model, spec, runtime);
      const names: string[][] = [];
      const f = compile(
        (x: Tensor) =>
          phases(model, x, (phase, loss) => {
            const parameters = trainableVariables(phase.train);
            names.push(parameters.map((p) => p.name));
            return grad(loss, parameters.map(read));
          }),
        { runtime, training: true },
      );
      const results = await f(examples(spec));
      results.forEach(({ loss, logged, rest }, i) => {
        for (const scalar of [loss, ...Object.values(logged)]) {
          expect(scalar.shape).toEqual([]);
          expect(Number.isFinite(scalar.data[0])).toBe(true);
        }
        rest.forEach((gradient, j) => {
          const values = gradient.data as Float32Array;
          expect(values.every(Number.isFinite), `gradient of ${names[i]![j]} is finite`).toBe(true);
          expect(
            values.some((v) => v !== 0),
            `gradient of ${names[i]![j]} is not zero`,
          ).toBe(true);
        });
      });
    }),
  );

  test.each(trained)(
    "%s: the same seed gives the same bytes, another seed others",
    async (_, build, spec) => {
      const run = (seed: number) =>
        withRuntime(seed, async (runtime) => {
          const model = build();
          await initialize(model, spec, runtime);
          const step = trainingStep(model, runtime);
          for (let i = 0; i < 3; i++) await step(examples(spec));
          const values = await Promise.all(runtime.names().map((name) => runtime.get(name)));
          return Object.fromEntries(runtime.names().map((name, i) => [name, digest(values[i]!)]));
        });
      const first = await run(1);
      expect(await run(1)).toEqual(first);
      expect(await run(2)).not.toEqual(first);
    },
  );

  test.each(cases)("%s learns from %s", (...[, , definition, spec]) =>
    withRuntime(1, async (runtime) => {
      const model = definition.build(resolveOptions(definition, "tiny"), spec);
      if (model.fit) return;
      await initialize(model, spec, runtime);
      const step = trainingStep(model, runtime);
      const [{ loss }] = (await step(examples(spec, 2))) as [{ loss: Value }];
      expect(Number.isFinite(loss.data[0])).toBe(true);
    }),
  );
});

/** Draws of a latent vector for each example. */
const draws = 3;

const inRange = ({ kind }: ExampleSpec, { data }: Value): boolean =>
  [...(data as Float32Array)].every((v) => Number.isFinite(v) && (kind === "points" || Math.abs(v) <= 1));

type Numbers = { value: Value; spec: ExampleSpec; model: Model; runtime: Runtime };
/** Parts of a model that are no functions of examples or latent vectors. */
type NotOfExamples = "phases" | "fit" | "initialize" | "sequential" | "conditional" | "likelihood" | "rbm";
/** What the numbers of each capability must look like, for `batch` examples. */
const laws: {
  readonly [capability in keyof Omit<Model, NotOfExamples>]-?: (numbers: Numbers) => void;
} = {
  prior({ value }) {
    expect(value.shape[0]).toBe(batch);
    expect(new Set(value.data as Float32Array).size).toBeGreaterThan(batch / 2); // drawn, and each for itself
  },
  generate: expectExamples,
  sampleGiven: expectExamples,
  sample: expectExamples,
  decode: expectExamples,
  async reconstruct(numbers) {
    const { value, spec, model, runtime } = numbers;
    expectExamples(numbers);
    if (!model.encode || !model.decode) return; // completed from a part
    const options = { runtime, training: false };
    const code = await compile((x: Tensor) => model.encode!(x), options)(examples(spec));
    expectClose(value.data as Float32Array, await compile((z: Tensor) => model.decode!(z), options)(code));
  },
  async encode({ value, model, runtime }) {
    expect(value.shape[0]).toBe(batch);
    if (!model.prior) return;
    const z = await compile(() => model.prior!(batch), { runtime, training: false })();
    expect(value.shape).toEqual(z.shape);
  },
  logProb: expectNats,
  logProbByElement: expectExampleNumbers,
  logUnnormalized: expectNats,
  bound: expectNats,
  logLikelihood: expectNats,
  logWeights({ value }) {
    expect(value.shape).toEqual([draws, batch]);
    expect([...(value.data as Float32Array)].every(Number.isFinite)).toBe(true);
  },
  classify: ({ value, spec }) => expect(value.shape).toEqual([batch, spec.classes]),
  features({ value }) {
    expect(value.shape).toEqual([batch, value.shape[1]]);
    expect([...(value.data as Float32Array)].every(Number.isFinite)).toBe(true);
  },
  discriminate: ({ value }) => expect(value.shape).toEqual([batch, 1]),
};

function expectExamples({ value, spec }: Numbers): void {
  expect(value.shape).toEqual([batch, ...spec.shape]);
  expect(inRange(spec, value)).toBe(true);
}

function expectExampleNumbers({ value, spec }: Numbers): void {
  expect(value.shape).toEqual([batch, ...spec.shape]);
  expect([...(value.data as Float32Array)].every(Number.isFinite)).toBe(true);
}

function expectNats({ value }: Numbers): void {
  expect(value.shape).toEqual([batch]);
  expect([...(value.data as Float32Array)].every(Number.isFinite)).toBe(true);
}

type Capability = keyof typeof laws;
const capabilities = (model: Model): Capability[] =>
  Object.keys(model).filter((key): key is Capability => Object.hasOwn(laws, key));

/** A capability as a function of examples or latent vectors: what it takes is made of `x` inside the trace. */
function use(model: Model, capability: Capability, x: Tensor): Tensor {
  if (capability === "prior" || capability === "sample") return model[capability]!(batch);
  if (capability === "logWeights") return model.logWeights!(x, draws);
  if (capability === "logLikelihood") return model.logLikelihood!(x, model.prior!(batch));
  return model[capability]!(inputOf(model, capability, x));
}

function inputOf(model: Model, capability: Capability, x: Tensor): Tensor {
  if (capability === "generate" || capability === "sampleGiven") return model.prior!(batch);
  return capability === "decode" ? model.encode!(x) : x;
}

/** The capabilities that a user may export: functions of an example or of a latent vector. */
const exportable = [
  "generate",
  "encode",
  "decode",
  "reconstruct",
  "classify",
  "features",
  "discriminate",
] as const;

describe("what a trained model can do", () => {
  test.each(studied)("%s: shapes, ranges, and the same from an exported file", (_, build, spec) =>
    withRuntime(3, async (runtime) => {
      const model = build();
      await initialize(model, spec, runtime);
      await learn(model, spec, runtime);
      for (const capability of capabilities(model)) {
        expect(laws, `a law for ${capability}`).toHaveProperty(capability);
        const f = compile((x: Tensor) => use(model, capability, x), {
          runtime,
          name: capability,
          training: false,
        });
        await laws[capability]({ value: await f(examples(spec)), spec, model, runtime });
      }
      for (const capability of exportable) {
        const fn = model[capability];
        if (fn) await expectSameExported(fn, await inputShape(model, capability, spec, runtime), runtime);
      }
    }),
  );

  const stepwise = studied.filter(([, build]) => build().sequential);
  test.each(stepwise)("%s: samples in steps, cached or not the same", (_, build, spec) =>
    withRuntime(3, async (runtime) => {
      const model = build();
      await initialize(model, spec, runtime);
      await learn(model, spec, runtime);
      const draw = async (cached: boolean): Promise<Value> => {
        const sampler = model.sequential!({ temperature: 1, cached });
        const sequential = createSequential(sampler, batch, {
          runtime,
          name: `sample ${cached}`,
          key: "sample",
        });
        return await sequential.draw({ seed: 1, portion: 0 });
      };
      const plain = await draw(false);
      expectExamples({ value: plain, spec, model, runtime });
      expectClose(plain.data as Float32Array, await draw(true));
    }),
  );
});

/** Exported with an open batch, a function gives what it gives when compiled. */
async function expectSameExported(
  fn: (x: Tensor) => Tensor,
  shape: readonly number[],
  runtime: Runtime,
): Promise<void> {
  const f = compile((x: Tensor) => fn(x), { runtime, name: "exported", training: false });
  const session = await InferenceSession.create(await f.onnx(["N", ...shape]));
  for (const n of [1, 3]) {
    const x = examples({ kind: "image", shape }, n);
    const out = await session.run({ [session.inputNames[0]!]: new OrtTensor("float32", x.data, x.shape) });
    expectClose(out[session.outputNames[0]!]!.data as Float32Array, await f(x));
    expect(out[session.outputNames[0]!]!.dims).toEqual((await f(x)).shape);
  }
  await session.release();
}

function expectClose(got: Float32Array, { data }: Value): void {
  got.forEach((v, i) => void expect(v).toBeCloseTo(Number(data[i]), 4));
}

/** What one input of an exported function looks like: an example, or what the prior or the encoder gives. */
async function inputShape(
  model: Model,
  capability: Capability,
  spec: ExampleSpec,
  runtime: Runtime,
): Promise<readonly number[]> {
  if (capability !== "generate" && capability !== "decode") return spec.shape;
  const latents = (x: Tensor): Tensor => (capability === "generate" ? model.prior!(batch) : model.encode!(x));
  return (await compile(latents, { runtime, training: false })(examples(spec))).shape.slice(1);
}

describe("model files", () => {
  const folder = fileURLToPath(new URL("../../src/models", import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.includes("/") && file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => [file, readFileSync(join(folder, file), "utf8")] as const);

  test("there is one for every model, in its family's folder", () => {
    expect(files.map(([file]) => file).sort()).toEqual(models.map((m) => `${m.family}/${m.name}.ts`).sort());
    expect(new Set(models.map((m) => m.name)).size).toBe(models.length);
  });

  test.each(files)("%s begins with its paper and formulas, and is short", (file, source) => {
    const { paper } = models.find((m) => file.endsWith(`/${m.name}.ts`))!;
    const header = source.slice(0, source.indexOf("*/"));
    expect(source.startsWith("/**")).toBe(true);
    expect(header).toContain(paper);
    expect(header).toMatch(/\b(19|20)\d\d\b/);
    const formulas = header.split("\n").filter((line) => /^ \* {3,}\S.*[=≤≥~∝←→≃−]/.test(line));
    expect(formulas.length, "indented lines of formulas").toBeGreaterThanOrEqual(1);
    const lines = source.trimEnd().split("\n").length;
    expect(lines).toBeGreaterThanOrEqual(40);
    expect(lines).toBeLessThanOrEqual(150);
  });

  test.each(files)("%s imports formulas, layers and the contract, nothing else", (_, source) => {
    const allowed = /^(zod|\.\.\/\.\.\/(tensor|nn|math|optim)\/index\.ts|\.\.\/model\.ts)$/;
    const imported = [...source.matchAll(/from "([^"]+)"/g)].map((m) => m[1]!);
    expect(imported.filter((name) => !allowed.test(name))).toEqual([]);
  });
});
