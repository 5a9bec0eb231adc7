/** Colour pictures and classes: the laws that test/laws/autoregressive.test.ts holds for grey pictures without classes. */
import { afterAll, describe, expect, test } from "vitest";
import { compile, createRuntime, type Runtime, type Value } from "../../runtime/index.ts";
import { constant, createStream, type Tensor } from "../../tensor/index.ts";
import { createSequential } from "../../train/sequential.ts";
import { inFloat64 } from "../../verify/float64.node.ts";
import type { Model } from "../model.ts";
import { resolveOptions } from "../options.ts";
import { findModel } from "../registry.ts";

const runtimes: Runtime[] = [];
afterAll(() => Promise.all(runtimes.map((runtime) => runtime.dispose())));

const channels = 3;
const width = 2;
const elements = channels * width;
const classes = 2;
/** All pictures of one row of two colour pixels: [64, 3, 1, 2]. */
const all: Value & { data: Float32Array } = {
  data: Float32Array.from({ length: 2 ** elements * elements }, (_, i) =>
    (Math.floor(i / elements) >> (i % elements)) & 1 ? 1 : -1,
  ),
  shape: [2 ** elements, channels, 1, width],
};
/** Elements [C, H, W] in the order in which they come: pixel after pixel, its colours one after another. */
const order = Array.from({ length: elements }, (_, k) => (k % channels) * width + Math.floor(k / channels));
const labels = (y: number): Value => ({ data: new Int32Array(64).fill(y), shape: [64] });

/** A model whose parameters were all moved at random, so that every connection counts. */
async function moved(name: string): Promise<{ model: Model; runtime: Runtime }> {
  const runtime = createRuntime({ device: "cpu", threads: 1, seed: 9 });
  runtimes.push(runtime);
  const definition = findModel(name);
  const spec = { kind: "image", shape: [channels, 1, width], levels: 2, classes } as const;
  const model = definition.build(resolveOptions(definition, "tiny", wide[name]), spec);
  await compile((x: Tensor) => model.logProb!(x), { runtime, training: false, name: `make ${name}` })(all);
  const random = createStream([3, 1]);
  for (const variable of runtime.names()) {
    const { data, shape } = await runtime.get(variable);
    const noise = random.normal(new Float32Array(data.length));
    await runtime.set(variable, { data: (data as Float32Array).map((v, i) => v + 0.5 * noise[i]!), shape });
  }
  return { model, runtime };
}
/** So many channels that each colour has some that are not 0 everywhere. */
const wide: { readonly [model: string]: { readonly [option: string]: unknown } } = {
  pixelcnn: { width: 24, head: 24 },
  "gated-pixelcnn": { width: 24, head: 24 },
};

/** |Σ p − 1| over all pictures, with log p in double precision. */
async function missing(logProb: (x: Tensor) => Tensor, runtime: Runtime): Promise<number> {
  const f = await inFloat64(logProb, all.shape, runtime);
  const { data } = await f(all);
  await f.release();
  return Math.abs(data.reduce((total, v) => total + Math.exp(v), 0) - 1);
}

describe.each(["pixelcnn", "gated-pixelcnn", "pixelcnnpp"])("%s on colour pictures", (name) => {
  test("sums to one, looks back only, and samples the same with and without cache", async () => {
    const { model, runtime } = await moved(name);
    const options = { runtime, training: false };
    expect(await missing((x) => model.logProb!(x), runtime)).toBeLessThan(1e-6);
    if (model.logProbByElement) {
      const { data } = await compile(model.logProbByElement, { ...options, name: `e ${name}` })(all);
      expectSequential(data as Float32Array);
    }
    const draw = (cached: boolean): Promise<Value> => {
      const sampler = model.sequential!({ temperature: 1, cached });
      const own = { runtime, name: `${name} ${cached}`, key: name };
      return createSequential(sampler, 64, own).draw({ seed: 1, portion: 0 });
    };
    const cached = await draw(true);
    expect(cached).toEqual(await draw(false));
    expect(new Set(cached.data as Float32Array)).toEqual(new Set([-1, 1]));
  });
});

/** Pictures that agree on the first elements in order agree on their log p; what each element sees is what lies before it. */
function expectSequential(byElement: Float32Array): void {
  for (const [k, element] of order.entries()) {
    const seen = new Map<string, number>();
    for (let i = 0; i < 64; i++) {
      const at = (e: number): number => i * elements + e;
      const key = order
        .slice(0, k + 1)
        .map((e) => all.data[at(e)])
        .join();
      const known = seen.get(key);
      if (known === undefined) seen.set(key, byElement[at(element)]!);
      else expect(byElement[at(element)]).toBeCloseTo(known, 4);
    }
    expect(new Set([...seen.values()].map((v) => v.toFixed(3))).size).toBeGreaterThan(k);
  }
}

test("gated-pixelcnn by class: each sums to one, and without class it is their mean", async () => {
  const { model, runtime } = await moved("gated-pixelcnn");
  const given = compile((x: Tensor, y: Tensor) => model.logProb!(x, y), {
    ...{ runtime, training: false, name: "given" },
  });
  const [a, b] = [(await given(all, labels(0))).data, (await given(all, labels(1))).data] as Float32Array[];
  for (const y of [0, 1]) {
    const label = constant(new Int32Array(64).fill(y), [64]);
    expect(await missing((x) => model.logProb!(x, label), runtime)).toBeLessThan(1e-6);
  }
  expect(Math.max(...a!.map((v, i) => Math.abs(v - b![i]!)))).toBeGreaterThan(0.1);
  const whole = compile((x: Tensor) => model.logProb!(x), { runtime, training: false, name: "whole" });
  const { data } = await whole(all);
  a!.forEach((v, i) => {
    expect(Number(data[i])).toBeCloseTo(Math.log((Math.exp(v) + Math.exp(b![i]!)) / 2), 4);
  });
});
