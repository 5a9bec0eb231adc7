/** Every form of a convolution computes the same: losses and gradients of the registry's models with pictures. */
import { expect, test } from "vitest";
import {
  compile,
  constant,
  createRuntime,
  createStream,
  grad,
  type Model,
  type ModelDefinition,
  models,
  read,
  resolveOptions,
  type Tensor,
  trainableVariables,
  type Value,
} from "../../src/index.ts";
import { type Form, forms } from "../../src/onnx/index.ts";

const batch = 8;
const shape = [1, 16, 16];
const classes = 4;
/** Options that put convolutions where the tiny preset has none. */
const options: { readonly [model: string]: { readonly [option: string]: unknown } } = {
  autoencoder: { networks: "conv" },
  vae: { networks: "conv" },
  classifier: { networks: "conv" },
};
const build = (definition: ModelDefinition): Model =>
  definition.build(resolveOptions(definition, "tiny", options[definition.name] ?? {}), {
    ...{ kind: "image", shape, classes, levels: definition.pictures?.levels ?? 256 },
  });
const pictured = models.filter((definition) => {
  const { multipleOf = 1, largest = 16 } = definition.pictures ?? {};
  const fits = definition.data.includes("image") && 16 % multipleOf === 0 && largest >= 16;
  return fits && build(definition).phases.length > 0;
});

/** Losses and gradients of every phase, by name. */
async function gradientsOf(definition: ModelDefinition, form: Form): Promise<Map<string, Value>> {
  const runtime = createRuntime({ device: "cpu", threads: 1, seed: 1, convolutions: { form } });
  try {
    const levels = definition.pictures?.levels ?? 256;
    const model = build(definition);
    const names: string[] = [];
    const f = compile(
      (x: Tensor) => {
        const y = constant(Int32Array.from({ length: batch }, (_, i) => i % classes));
        return model.phases.flatMap((phase) => {
          const result = phase.loss({ x, y });
          const loss = "dtype" in result ? (result as Tensor) : result.loss;
          const parameters = trainableVariables(phase.train);
          names.push(`loss of ${phase.name}`, ...parameters.map(({ name }) => `${phase.name}: ${name}`));
          return [loss, ...grad(loss, parameters.map(read))];
        });
      },
      { runtime, training: true },
    );
    const half = (levels - 1) / 2;
    const noise = createStream([7, 11]).normal(new Float32Array(batch * 256));
    const data = noise.map((v) => Math.round((Math.tanh(v) + 1) * half) / half - 1);
    const values = await f({ data, shape: [batch, ...shape] });
    return new Map(names.map((name, i) => [name, values[i]!]));
  } finally {
    await runtime.dispose();
  }
}

const norm = (data: ArrayLike<unknown>): number =>
  Math.sqrt(Array.from(data as ArrayLike<number>).reduce((sum, v) => sum + v ** 2, 0));

/** ‖a − b‖ / ‖b‖; where terms cancel in b, as in the bias of a picture, a tenth of the largest norm counts in its place. */
function distance({ data: a }: Value, { data: b }: Value, largest: number): number {
  const difference = norm(Array.from(b as Float32Array, (v, i) => Number(a[i]) - v));
  return difference / Math.max(norm(b), largest / 10);
}

const isLoss = (name: string): boolean => name.startsWith("loss of");

test.each(pictured.map((definition) => [definition.name, definition] as const))(
  "%s: all forms of its convolutions agree to 1e-5",
  async (_, definition) => {
    const [first, ...others] = forms;
    const expected = await gradientsOf(definition, first);
    for (const form of others) {
      const found = await gradientsOf(definition, form);
      expect([...found.keys()]).toEqual([...expected.keys()]);
      const largest = Math.max(...[...expected].map(([name, { data }]) => (isLoss(name) ? 0 : norm(data))));
      for (const [name, value] of found) {
        const scale = isLoss(name) ? 0 : largest;
        expect(distance(value, expected.get(name)!, scale), `${form}: ${name}`).toBeLessThan(1e-5);
      }
    }
  },
);
