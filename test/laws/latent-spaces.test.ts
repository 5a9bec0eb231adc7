/** Traversals and searches of latent space serve every model of the registry that has one, and tell what the others lack. */
import { describe, expect, test } from "vitest";
import type { Dataset } from "../../src/data/dataset.ts";
import { loadData } from "../../src/data/load-data.node.ts";
import {
  createRuntime,
  type ExampleSpec,
  type Model,
  type ModelDefinition,
  models,
  resolveOptions,
} from "../../src/index.ts";
import { fitData } from "../../src/train/fit-data.ts";
import { createFitting } from "../../src/train/fitting.ts";
import type { OpenRun } from "../../src/train/open-run.node.ts";
import { nearestInLatentSpace } from "../../src/train/search.node.ts";
import { traversal } from "../../src/train/traverse.node.ts";

/** Data that a model can learn: small pictures, where it takes any. */
function dataOf({ data, pictures }: ModelDefinition): { readonly spec: string; readonly levels?: number } {
  if (!data.includes("image")) return { spec: "moons" };
  if ((pictures?.largest ?? 8) < 8) return { spec: "bars-and-stripes" };
  return { spec: "glyphs8", ...(pictures?.levels && { levels: pictures.levels }) };
}

const examplesOf = (set: Dataset, n: number): { data: Float32Array; shape: number[] } => {
  const data = new Float32Array(set.shape.reduce((a, b) => a * b, n));
  set.read(
    Array.from({ length: n }, (_, i) => i),
    data,
  );
  return { data, shape: [n, ...set.shape] };
};

/** A run that was never on a disk: parameters as they start, moved at random; estimators without gradients are fitted. */
async function withRun(definition: ModelDefinition, body: (run: OpenRun, train: Dataset) => Promise<void>) {
  const data = dataOf(definition);
  const { train } = await loadData(data.spec, data.levels ? { levels: data.levels } : {});
  const { kind, shape, classes, levels = 256 } = train;
  const spec: ExampleSpec = { kind, shape, ...(classes && { classes }), ...(kind === "image" && { levels }) };
  const model = definition.build(resolveOptions(definition, "tiny"), spec);
  const runtime = createRuntime({ device: "cpu", threads: 1, seed: 2 });
  try {
    if (model.fit) {
      const few = { ...train, length: 256 };
      const fitting = createFitting(model, fitData(few, { seed: 1, iterations: 3 }), runtime);
      while (await fitting.next());
    }
    const run = { definition, model, spec, runtime, manifest: { data }, step: 0, folder: "" };
    await body({ ...run, withAverages: (inside) => inside() } as OpenRun, train);
  } finally {
    await runtime.dispose();
  }
}

const varied = ({ prior, generate, encode, decode }: Model): boolean =>
  Boolean((prior && generate) || (encode && decode));

describe.each(models.map((definition) => [definition.name, definition] as const))("%s", (_, definition) => {
  test("its latent variables are varied one by one, where it has any", () =>
    withRun(definition, async (run) => {
      const options = { dimensions: [0, 1], steps: 3, ...(run.model.conditional && { label: 1 }) };
      if (!varied(run.model)) {
        await expect(traversal(run, options)).rejects.toThrow(/has no latent vectors to vary|no encoder/);
        return;
      }
      const { examples, dimensions } = await traversal(run, options);
      expect(dimensions).toEqual([0, 1]);
      expect(examples.shape).toEqual([6, ...run.spec.shape]);
      expect(examples.data.every(Number.isFinite)).toBe(true);
      const size = examples.data.length / 6;
      const one = (i: number): number[] => [...examples.data.subarray(i * size, (i + 1) * size)];
      one(1).forEach((v, i) => void expect(v).toBeCloseTo(one(4)[i]!, 5)); // the middle of both rows
      expect([one(0), one(3)].some((row) => row.some((v, i) => v !== one(1)[i]))).toBe(true);
    }));

  test("a training example is found among others by its code, where it encodes", () =>
    withRun(definition, async (run, train) => {
      const query = examplesOf(train, 8);
      const size = query.data.length / 8;
      const one = { data: query.data.slice(7 * size), shape: [1, ...train.shape] };
      const look = nearestInLatentSpace(run, one, { n: 3, among: 64 });
      if (!run.model.encode && !run.model.features) {
        await expect(look).rejects.toThrow(/has no encoder/);
        return;
      }
      const [found] = await look;
      expect(found![0]!.distance).toBeLessThan(1e-3);
      const same = found!.filter(({ distance }) => distance < 1e-3).map(({ index }) => index);
      expect(same.length === 3 || same.includes(7)).toBe(true); // k-means has as many codes as clusters
      expect(found![2]!.distance).toBeGreaterThanOrEqual(found![1]!.distance);
    }));
});
