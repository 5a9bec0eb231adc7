import { z as schema } from "zod";
import { dense, network, normal, randint, sizeOf, type Tensor, tanh, uniform } from "../../src/index.ts";
import { defineModel, type ExampleSpec, type ModelDefinition } from "../../src/models/model.ts";
import { createRuntime } from "../../src/runtime/index.ts";
import type { OpenRun } from "../../src/train/open-run.node.ts";

/** An untrained model as if it had been opened from `folder`: what can be exported does not depend on training. */
export function standIn<S extends schema.ZodObject>(
  definition: ModelDefinition<S>,
  given: Record<string, unknown>,
  spec: ExampleSpec,
  folder: string,
): OpenRun {
  const options = definition.options.parse(given);
  const { kind, shape } = spec;
  return {
    folder,
    manifest: {
      imago: "0.0.0",
      model: { name: definition.name },
      options,
      preset: "tiny",
      data: {
        spec: "/home/someone/private/glyphs",
        name: kind === "image" ? "glyphs" : "ring",
        kind,
        shape: [...shape],
        fingerprint: "0123abcd",
        length: 1000,
        flip: false,
      },
      training: { batch: 8, seed: 5, logEvery: 1, sampleEvery: 1, checkpointEvery: 1, keep: 1 },
      device: "cpu",
      created: "2026-01-01T00:00:00.000Z",
      versions: {},
    },
    definition: definition as unknown as ModelDefinition,
    model: definition.build(options, spec),
    spec,
    runtime: createRuntime({ device: "cpu", seed: 5 }),
    step: 123,
    withAverages: (body) => body(),
  };
}

/** Moves the weights away from their small beginnings, so that pictures differ in every pixel as trained ones do. */
export async function enliven({ runtime }: OpenRun, factor: number): Promise<void> {
  for (const name of runtime.names().filter((n) => n.endsWith("weight"))) {
    const { data, shape } = await runtime.get(name);
    await runtime.set(name, { data: Float32Array.from(data as Float32Array, (v) => v * factor), shape });
  }
}

/** A prior that is a mixture: components at ±2, drawn with whole numbers. */
export const mixture = defineModel({
  name: "mixture",
  title: "Mixture",
  family: "classical",
  paper: "none",
  data: ["image"],
  options: schema.object({}),
  training: { batch: 8 },
  build(_, { shape }) {
    const G = network("G", (z: Tensor) => tanh(dense(z, sizeOf(shape)).mul(2)).reshape([-1, ...shape]));
    const component = (n: number): Tensor => randint(0, 2, [n, 1]).cast("float32").mul(4).sub(2);
    return { phases: [], prior: (n) => normal([n, 3]).add(component(n)), generate: G };
  },
});

/** Samples without a latent vector. */
export const noise = defineModel({
  name: "noise",
  title: "Noise",
  family: "classical",
  paper: "none",
  data: ["image"],
  options: schema.object({}),
  training: { batch: 8 },
  build: (_, { shape }) => ({
    phases: [],
    sample: (n) => tanh(normal([n, ...shape]).add(uniform([n, 1, 1, 1]))),
  }),
});
