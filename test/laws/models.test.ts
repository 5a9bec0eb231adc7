/** What every model of the registry must do, whatever it is; a new model is tested by being in the registry. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import {
  type Compiled,
  compile,
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

const specs: { readonly [name: string]: ExampleSpec } = {
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
type Case = readonly [model: string, data: string, definition: ModelDefinition, spec: ExampleSpec];
const cases: Case[] = models.flatMap((definition) =>
  Object.entries(specs)
    .filter(([, spec]) => definition.data.includes(spec.kind))
    .map(([data, spec]) => [definition.name, data, definition, spec] as const),
);
/** One set of pictures and one of points, where the numbers are looked at and not only the shapes. */
const studied = cases.filter(([, data]) => data === "grey 28" || data === "points");

const batch = 8;

/** Something like the data: pixels in (−1, 1), or points around the origin. */
function examples({ kind, shape }: ExampleSpec, n = batch): Value & { data: Float32Array } {
  const size = shape.reduce((a, b) => a * b, n);
  const data = createStream([7, 11]).normal(new Float32Array(size));
  return { data: kind === "image" ? data.map(Math.tanh) : data, shape: [n, ...shape] };
}

function buildTiny(definition: ModelDefinition, spec: ExampleSpec): Model {
  return definition.build(resolveOptions(definition, "tiny"), spec);
}

/** Every phase once, as a trainer runs them: `each` gets what the phase minimises and logs. */
function phases(model: Model, x: Tensor, each: (phase: Model["phases"][number], loss: Tensor) => Tensor[]) {
  return model.phases.map((phase) => {
    const result = phase.loss({ x });
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

describe("training", () => {
  test.each(studied)(
    "%s on %s: loss and gradients are finite, and no gradient is zero",
    (...[, , definition, spec]) =>
      withRuntime(1, async (runtime) => {
        const model = buildTiny(definition, spec);
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

  test.each(studied)(
    "%s on %s: the same seed gives the same bytes, another seed others",
    async (...[, , definition, spec]) => {
      const run = (seed: number) =>
        withRuntime(seed, async (runtime) => {
          const step = trainingStep(buildTiny(definition, spec), runtime);
          for (let i = 0; i < 3; i++) await step(examples(spec));
          const values = await Promise.all(runtime.names().map((name) => runtime.get(name)));
          return Object.fromEntries(
            runtime.names().map((name, i) => [name, [...(values[i]!.data as Float32Array)]]),
          );
        });
      const first = await run(1);
      expect(await run(1)).toEqual(first);
      expect(await run(2)).not.toEqual(first);
    },
  );

  test.each(cases)("%s learns from %s", (...[, , definition, spec]) =>
    withRuntime(1, async (runtime) => {
      const step = trainingStep(buildTiny(definition, spec), runtime);
      const [{ loss }] = (await step(examples(spec, 2))) as [{ loss: Value }];
      expect(Number.isFinite(loss.data[0])).toBe(true);
    }),
  );
});

const inRange = ({ kind }: ExampleSpec, { data }: Value): boolean =>
  [...(data as Float32Array)].every((v) => Number.isFinite(v) && (kind === "points" || Math.abs(v) <= 1));

type Numbers = { value: Value; spec: ExampleSpec; model: Model; runtime: Runtime };
/** What the numbers of each capability must look like, for `batch` examples. */
const laws: {
  readonly [capability in keyof Omit<Model, "phases" | "latent">]-?: (numbers: Numbers) => void;
} = {
  prior({ value }) {
    expect(value.shape[0]).toBe(batch);
    expect(new Set(value.data as Float32Array).size).toBeGreaterThan(batch / 2); // drawn, and each for itself
  },
  generate: expectExamples,
  sample: expectExamples,
  decode: expectExamples,
  reconstruct: expectExamples,
  async encode({ value, model, runtime }) {
    expect(value.shape[0]).toBe(batch);
    if (!model.prior) return;
    const z = await compile(() => model.prior!(batch), { runtime, training: false })();
    expect(value.shape).toEqual(z.shape);
  },
  logProb: expectNats,
  bound: expectNats,
  discriminate: ({ value }) => expect(value.shape).toEqual([batch, 1]),
};

function expectExamples({ value, spec }: Numbers): void {
  expect(value.shape).toEqual([batch, ...spec.shape]);
  expect(inRange(spec, value)).toBe(true);
}

function expectNats({ value }: Numbers): void {
  expect(value.shape).toEqual([batch]);
  expect([...(value.data as Float32Array)].every(Number.isFinite)).toBe(true);
}

type Capability = keyof typeof laws;
const capabilities = (model: Model): Capability[] =>
  Object.keys(model).filter((key): key is Capability => key !== "phases");

/** A capability as a function of examples or latent vectors: what it takes is made of `x` inside the trace. */
function use(model: Model, capability: Capability, x: Tensor): Tensor {
  if (capability === "prior" || capability === "sample") return model[capability]!(batch);
  return model[capability]!(capability === "generate" ? model.prior!(batch) : inputOf(model, capability, x));
}

const inputOf = (model: Model, capability: Capability, x: Tensor): Tensor =>
  capability === "decode" ? model.encode!(x) : x;

describe("what a trained model can do", () => {
  test.each(studied)("%s on %s: shapes and ranges", (...[, , definition, spec]) =>
    withRuntime(3, async (runtime) => {
      const model = buildTiny(definition, spec);
      await trainingStep(model, runtime)(examples(spec));
      for (const capability of capabilities(model)) {
        expect(laws, `a law for ${capability}`).toHaveProperty(capability);
        const f = compile((x: Tensor) => use(model, capability, x), {
          runtime,
          name: capability,
          training: false,
        });
        await laws[capability]({ value: await f(examples(spec)), spec, model, runtime });
      }
    }),
  );

  test.each(studied)("%s on %s: reconstruct is decode after encode", (...[, , definition, spec]) =>
    withRuntime(3, async (runtime) => {
      const { reconstruct, encode, decode } = buildTiny(definition, spec);
      if (!reconstruct || !encode || !decode) return expect(reconstruct).toBeUndefined();
      const options = { runtime, training: false };
      const once = await compile((x: Tensor) => reconstruct(x), options)(examples(spec));
      const code = await compile((x: Tensor) => encode(x), options)(examples(spec));
      const twice = await compile((z: Tensor) => decode(z), options)(code);
      [...(once.data as Float32Array)].forEach(
        (v, i) => void expect(v).toBeCloseTo(Number(twice.data[i]), 5),
      );
    }),
  );

  test.each(studied)(
    "%s on %s: exported with an open batch, it gives the same",
    (...[, , definition, spec]) =>
      withRuntime(3, async (runtime) => {
        const model = buildTiny(definition, spec);
        await trainingStep(model, runtime)(examples(spec));
        const exported = ["generate", "encode", "decode", "reconstruct", "discriminate"] as const;
        for (const capability of exported) {
          const fn = model[capability];
          if (!fn) continue;
          const shape = await inputShape(model, capability, spec, runtime);
          const f = compile((x: Tensor) => fn(x), { runtime, name: capability, training: false });
          const session = await InferenceSession.create(await f.onnx(["N", ...shape]));
          for (const n of [1, 3]) {
            const x = examples({ ...spec, shape }, n);
            const expected = await f(x);
            const out = await session.run({
              [session.inputNames[0]!]: new OrtTensor("float32", x.data, x.shape),
            });
            const got = out[session.outputNames[0]!]!;
            expect(got.dims).toEqual(expected.shape);
            [...(got.data as Float32Array)].forEach(
              (v, i) => void expect(v).toBeCloseTo(Number(expected.data[i]), 4),
            );
          }
          await session.release();
        }
      }),
  );
});

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

  test.each(files)("%s begins with its paper, and is short", (file, source) => {
    const { paper } = models.find((m) => file.endsWith(`/${m.name}.ts`))!;
    const header = source.slice(0, source.indexOf("*/"));
    expect(source.startsWith("/**")).toBe(true);
    expect(header).toContain(paper);
    expect(header).toMatch(/\b(19|20)\d\d\b/);
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
