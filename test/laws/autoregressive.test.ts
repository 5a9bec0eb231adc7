/** What every autoregressive model of the registry must do: sum to one, look back only, and sample what it says is likely. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  compile,
  createRuntime,
  createStream,
  type ExampleSpec,
  grad,
  type Model,
  type ModelDefinition,
  models,
  type Runtime,
  resolveOptions,
  type Tensor,
  type Value,
} from "../../src/index.ts";
import { createSequential, type StartValues } from "../../src/train/sequential.ts";
import { inFloat64 } from "../../src/verify/float64.node.ts";

/** Choices of options that change what depends on what. */
const variants: { readonly [model: string]: readonly { readonly [option: string]: unknown }[] } = {
  fvbn: [{ order: "spiral" }],
  nade: [{ order: "random" }, { orderless: true, order: "spiral" }],
  made: [
    { hidden: [40, 40], order: "random" },
    { masks: 3, hidden: [40, 40] },
    { masks: 3, agnostic: "order", direct: false },
  ],
  pixelrnn: [{ cell: "diagonal-bilstm", layers: 2 }],
  "multiscale-pixelrnn": [{ cell: "diagonal-bilstm" }, { rest: "parallel", hidden: 3 }],
};

/** Models that work at several sizes: only pictures that can be halved meet all of their layers. */
const severalSizes: { readonly [model: string]: { readonly [option: string]: unknown } } = {
  pixelcnnpp: { halvings: 2 },
  "multiscale-pixelrnn": {},
};

const squareOf = (side: number): ExampleSpec => ({
  ...{ kind: "image", shape: [1, side, side], levels: 2, classes: 3 },
});
type Case = readonly [
  title: string,
  definition: ModelDefinition,
  options: { readonly [name: string]: unknown },
  spec: ExampleSpec,
];
/** Every model and variant on binary pictures of 3×3, or the smallest that it takes, and some on 4×4: 65,536 pictures. */
const cases: Case[] = models
  .filter(({ family, pictures }) => family === "autoregressive" && (pictures?.levels ?? 2) === 2)
  .flatMap((definition) => {
    const { name, pictures } = definition;
    const least = (pictures?.multipleOf ?? 1) === 1 ? 3 : pictures!.multipleOf!;
    const caseOf = (options: Case[2], side: number): Case => {
      const chosen = Object.entries(options).map(([key, value]) => `, ${key} ${value}`);
      return [`${name}${chosen.join("")} on ${side}×${side}`, definition, options, squareOf(side)];
    };
    const small = [{}, ...(variants[name] ?? [])].map((options) => caseOf(options, least));
    return severalSizes[name] ? [...small, caseOf(severalSizes[name], 4)] : small;
  });

/** Whether pixels are made row by row, by one network. */
const raster = ([, { name }, options]: Case): boolean =>
  !name.startsWith("multiscale") && !("order" in options) && !("masks" in options);
const sizeOf = ({ shape }: ExampleSpec): number => shape.reduce((a, b) => a * b, 1);

interface World {
  readonly model: Model;
  readonly runtime: Runtime;
  readonly spec: ExampleSpec;
  /** log p of every picture. */
  readonly logs: Float64Array;
}

/** A model whose parameters were all moved at random, so that every connection counts. */
async function open([, definition, options, spec]: Case): Promise<World> {
  const runtime = createRuntime({ device: "cpu", threads: 1, seed: 5 });
  const model = definition.build(resolveOptions(definition, "tiny", options), spec);
  await compile((x: Tensor) => model.logProb!(x), { runtime, training: false })(pictures(spec, 0, 4));
  const random = createStream([3, 1]);
  for (const name of runtime.names()) {
    const { data, shape } = await runtime.get(name);
    const noise = random.normal(new Float32Array(data.length));
    await runtime.set(name, { data: (data as Float32Array).map((v, i) => v + 0.3 * noise[i]!), shape });
  }
  return { model, runtime, spec, logs: await everyLogProb(model, runtime, spec) };
}

/** The pictures whose pixels are the bits of first, first + step, …. */
function pictures(spec: ExampleSpec, first: number, count: number, step = 1): Value & { data: Float32Array } {
  const D = sizeOf(spec);
  const data = Float32Array.from({ length: count * D }, (_, at) => {
    const code = first + step * Math.floor(at / D);
    return 2 * (Math.floor(code / 2 ** (at % D)) % 2) - 1;
  });
  return { data, shape: [count, ...spec.shape] };
}

/** Pictures at a time: of few pixels all. */
const [few, many] = [512, 4096];

/** log p of every picture, in double precision. */
async function everyLogProb(model: Model, runtime: Runtime, spec: ExampleSpec): Promise<Float64Array> {
  const logs = new Float64Array(2 ** sizeOf(spec));
  const step = Math.min(many, logs.length);
  const f = await inFloat64((x: Tensor) => model.logProb!(x), [step, ...spec.shape], runtime);
  for (let first = 0; first < logs.length; first += step)
    logs.set((await f(pictures(spec, first, step))).data, first);
  await f.release();
  return logs;
}

/** n examples, drawn in steps. */
async function draw({ model, runtime }: World, n: number, start: StartValues = {}): Promise<Float32Array> {
  const sampler = model.sequential!({ temperature: 1, cached: true });
  const sequential = createSequential(sampler, n, { runtime, name: `draw ${n}` });
  return (await sequential.draw({ seed: 2, portion: 0, start })).data as Float32Array;
}

describe.each(cases)("%s", (...one) => {
  let world: World;
  beforeAll(async () => {
    world = await open(one);
  });
  afterAll(() => world.runtime.dispose());

  test("the probabilities of all pictures sum to one", () => {
    const total = world.logs.reduce((sum, l) => sum + Math.exp(l), 0);
    expect(Math.abs(total - 1)).toBeLessThan(1e-6);
  });

  test("float32 gives these probabilities, up to its rounding", async () => {
    const { model, runtime, spec, logs } = world;
    const n = Math.min(few, logs.length);
    const f = compile((x: Tensor) => model.logProb!(x), { runtime, training: false, name: "single" });
    const { data } = await f(pictures(spec, 0, n, logs.length / n));
    data.forEach((v, k) => {
      expect(Math.abs(Number(v) - logs[(k * logs.length) / n]!)).toBeLessThan(2e-5);
    });
  });

  test("each element depends on those before it alone, in some order", async () => {
    const { model, runtime, spec, logs } = world;
    if (!model.logProbByElement) return;
    const D = sizeOf(spec);
    const measure = compile(
      (x: Tensor) => {
        const parts = model.logProbByElement!(x).reshape([-1, D]);
        const rows = Array.from({ length: D }, (_, i) => grad(parts.narrow(1, i, 1).sum(), [x])[0]!.abs());
        return { parts, rows: rows.map((row) => row.reshape([-1, D]).sum(0)) };
      },
      { runtime, training: false },
    );
    const n = Math.min(few, logs.length);
    const { rows, parts } = await measure(pictures(spec, 0, n, logs.length / n));
    for (let k = 0; k < n; k++) {
      const sum = [...(parts.data as Float32Array).subarray(k * D, (k + 1) * D)].reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(logs[(k * logs.length) / n]!, 4);
    }
    expectTriangular(
      rows.map(({ data }, i) => [...(data as Float32Array)].map((g, j) => j !== i && g !== 0)),
    );
    if (n < logs.length) return;
    // Flipping an element tells the same without derivatives.
    const part = (k: number, i: number): number => Number(parts.data[k * D + i]);
    const all = Array.from({ length: n }, (_, k) => k);
    const differs = (i: number, j: number): boolean => all.some((k) => part(k, i) !== part(k ^ (1 << j), i));
    const flipped = rows.map((_, i) => rows.map((__, j) => i !== j && differs(i, j)));
    expectTriangular(flipped);
    expect(flipped.flat().filter((depends) => depends).length).toBeGreaterThanOrEqual(D - 1);
  });

  test("samples each picture as often as its probability says", async () => {
    const samples = await draw(world, 4096);
    if (world.logs.length === 2 ** 16) {
      // Too many to count each: those that agree on nine pixels together, the first ones, the last, every other.
      for (const kept of [0b0000000111111111, 0b1111111110000000, 0b1010101111010101])
        expectChiSquared(...marginal(samples, world.logs, kept));
    } else expectChiSquared(samples, world.logs);
  });

  test("completes pictures, and leaves what is given as it is", async () => {
    const { spec, logs } = world;
    const D = sizeOf(spec);
    const [known, n, code] = [Math.floor(D / 2), 2048, 5];
    const first = pictures(spec, code, 1).data;
    const shape = [n, ...spec.shape];
    const x = { data: Float32Array.from({ length: n * D }, (_, i) => first[i % D]!), shape };
    const mask = { data: Float32Array.from(x.data, (_, i) => Number(i % D < known)), shape };
    const completed = await draw(world, n, { given: { x, mask } });
    expect(completed.filter((v, i) => i % D < known && v !== first[i % D])).toHaveLength(0);
    if (!raster(one)) return;
    // What is given comes first, so the rest follows the exact conditional.
    const fits = (k: number): boolean => k % 2 ** known === code % 2 ** known;
    const joint = logs.map((l, k) => (fits(k) ? l : Number.NEGATIVE_INFINITY));
    const total = Math.log(joint.reduce((sum, l) => sum + Math.exp(l), 0));
    expectChiSquared(
      completed,
      joint.map((l) => l - total),
    );
  });
});

/** `depends[i][j]` must have no cycles: elements can be put in an order in which each depends on earlier ones alone. */
function expectTriangular(depends: readonly (readonly boolean[])[]): void {
  let left = depends.map((_, i) => i);
  while (left.length > 0) {
    const free = left.filter((i) => left.every((j) => !depends[i]![j]));
    expect(free, "an element that depends on none of those left").not.toEqual([]);
    left = left.filter((i) => !free.includes(i));
  }
}

/** Samples and log p of the pixels alone whose bits are set. */
function marginal(samples: Float32Array, logs: Float64Array, kept: number): [Float32Array, Float64Array] {
  const D = Math.log2(logs.length);
  const pixels = Array.from({ length: D }, (_, i) => i).filter((i) => (kept >> i) % 2 === 1);
  const p = new Float64Array(2 ** pixels.length);
  logs.forEach((l, code) => {
    p[pixels.reduce((sum, pixel, bit) => sum + (((code >> pixel) & 1) << bit), 0)]! += Math.exp(l);
  });
  return [samples.filter((_, at) => pixels.includes(at % D)), p.map(Math.log)];
}

/** Counts of pictures against n·p, rare ones together: at most 4.5 standard deviations above the mean of χ². */
function expectChiSquared(samples: Float32Array, logs: Float64Array): void {
  const D = Math.log2(logs.length);
  const n = samples.length / D;
  const counts = new Float64Array(logs.length);
  for (let k = 0; k < n; k++) {
    let code = 0;
    for (let i = 0; i < D; i++) if (samples[k * D + i]! > 0) code += 2 ** i;
    counts[code]!++;
  }
  let [statistic, cells] = [0, 0];
  const rest = { seen: 0, expected: 0 };
  counts.forEach((seen, code) => {
    const expected = n * Math.exp(logs[code]!);
    if (expected < 5) {
      rest.seen += seen;
      rest.expected += expected;
    } else [statistic, cells] = [statistic + (seen - expected) ** 2 / expected, cells + 1];
  });
  if (rest.expected >= 5)
    [statistic, cells] = [statistic + (rest.seen - rest.expected) ** 2 / rest.expected, cells + 1];
  expect(cells).toBeGreaterThan(4);
  expect(statistic).toBeLessThan(cells - 1 + 4.5 * Math.sqrt(2 * (cells - 1)));
}
