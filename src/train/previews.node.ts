/** What is drawn at intervals: the same latent vectors, and the same examples reconstructed. */
import { fillBatch, inOrder } from "../data/batches.ts";
import type { Dataset, Splits } from "../data/dataset.ts";
import { exampleSize } from "../data/size.ts";
import type { Model } from "../models/model.ts";
import { type Ema, useAverages } from "../optim/index.ts";
import { compile, type Runtime, type Value } from "../runtime/index.ts";
import type { Tensor } from "../tensor/index.ts";
import { predictionColumns, predictionExamples, predictionSheet } from "./predictions.node.ts";
import { predictionFile, reconstructionFile, sampleFile } from "./run-folder.node.ts";
import { createSequential } from "./sequential.ts";
import { writeScatter, writeSheet } from "./sheet.node.ts";

export interface Previews {
  /** Compiles them; always in the same order, since compiling may decide how state is stored. */
  prepare(): Promise<void>;
  /** Draws and writes them; returns the files, samples first. */
  write(folder: string, step: number): Promise<string[]>;
}

/** Rows and columns of the sheets. */
const columns = 8;
const pictures = 64;
const points = 1000;

/** A function that draws n examples, for models that can. */
export function sampler(model: Model): ((n: number) => Tensor) | undefined {
  const { sample, generate, prior } = model;
  return sample ?? (generate && prior && ((n) => generate(prior(n))));
}

/** The previews of a model: samples where it samples, reconstructions where it reconstructs, predictions of classes. */
export function previews(model: Model, runtime: Runtime, { train, test }: Splits, averages?: Ema): Previews {
  const all = [
    samples(model, runtime, train, averages),
    reconstructions(model, runtime, test ?? train, averages),
    predictions(model, runtime, test ?? train, averages),
  ].filter((preview) => preview !== undefined);
  return {
    async prepare() {
      for (const preview of all) await preview.prepare();
    },
    async write(folder, step) {
      const files: string[] = [];
      for (const preview of all) files.push(await preview.write(folder, step));
      return files;
    },
  };
}

interface Preview {
  prepare(): Promise<void>;
  write(folder: string, step: number): Promise<string>;
}

const averaged = <T>(averages: Ema | undefined, body: () => T): T =>
  averages ? useAverages(averages, body) : body();

function samples(
  model: Model,
  runtime: Runtime,
  data: Dataset,
  averages: Ema | undefined,
): Preview | undefined {
  const draw = sampler(model);
  if (!draw) return model.sequential && stepwiseSamples(model, runtime, data, averages);
  const image = data.kind === "image";
  const count = image ? pictures : points;
  const f = compile(() => averaged(averages, () => draw(count)), {
    runtime,
    training: false,
    name: "samples",
  });
  const real = image ? undefined : firstExamples(data, count);
  return {
    prepare: () => f.prepare(),
    async write(folder, step) {
      runtime.setSteps(f.stepName, 0); // the same latent vectors every time
      const drawn = await f();
      const file = sampleFile(folder, step);
      if (image) await writeSheet(file, drawn as Pixels, { columns });
      else await writeScatter(file, { real: real!, fake: drawn as Pixels });
      return file;
    },
  };
}

/** Pictures of a model that samples in steps: few, since each takes many calls. */
const stepwisePictures = 16;

function stepwiseSamples(model: Model, runtime: Runtime, data: Dataset, averages: Ema | undefined): Preview {
  const image = data.kind === "image";
  const sequential = createSequential(
    model.sequential!({ temperature: 1, cached: true }),
    image ? stepwisePictures : points,
    { runtime, name: "samples", withAverages: (body) => averaged(averages, body) },
  );
  const real = image ? undefined : firstExamples(data, points);
  return {
    prepare: () => sequential.prepare(),
    async write(folder, step) {
      const drawn = (await sequential.draw({ seed: 0, portion: 0 })) as Pixels;
      const file = sampleFile(folder, step);
      if (image) await writeSheet(file, drawn, { columns });
      else await writeScatter(file, { real: real!, fake: drawn });
      return file;
    },
  };
}

function reconstructions(
  model: Model,
  runtime: Runtime,
  data: Dataset,
  averages: Ema | undefined,
): Preview | undefined {
  const { reconstruct } = model;
  if (!reconstruct) return undefined;
  const originals = firstExamples(data, data.kind === "image" ? pictures / 2 : points);
  const f = compile((x: Tensor) => averaged(averages, () => reconstruct(x)), {
    runtime,
    training: false,
    name: "reconstructions",
  });
  return {
    prepare: () => f.prepare(originals),
    async write(folder, step) {
      runtime.setSteps(f.stepName, 0);
      const made = (await f(originals)) as Pixels;
      const file = reconstructionFile(folder, step);
      if (data.kind === "image") await writeSheet(file, rowsInTurn(originals, made), { columns });
      else await writeScatter(file, { real: originals, fake: made });
      return file;
    },
  };
}

/** Test pictures by the class that the model gives them. */
function predictions(
  { classify }: Model,
  runtime: Runtime,
  data: Dataset,
  averages: Ema | undefined,
): Preview | undefined {
  if (!classify || data.kind !== "image" || !data.labels) return undefined;
  const { x, y } = fillBatch(
    data,
    Int32Array.from({ length: predictionExamples(data) }, (_, i) => i),
  );
  const f = compile((pictures: Tensor) => averaged(averages, () => classify(pictures)), {
    runtime,
    training: false,
    name: "predictions",
  });
  return {
    prepare: () => f.prepare(x),
    async write(folder, step) {
      const sheet = predictionSheet(x, (await f(x)) as Pixels, y!.data);
      const file = predictionFile(folder, step);
      await writeSheet(file, sheet, { columns: predictionColumns });
      return file;
    },
  };
}

type Pixels = Value & { readonly data: Float32Array };

/** The first examples in the data's own order, as many as there are up to `count`. */
function firstExamples(data: Dataset, count: number): Pixels {
  const n = Math.min(count, data.length);
  const out = new Float32Array(n * exampleSize(data.shape));
  for (const indices of inOrder(n, n)) data.read(indices, out);
  return { data: out, shape: [n, ...data.shape] };
}

/** A row of originals, below it the row of their reconstructions, and so on. */
function rowsInTurn(originals: Pixels, made: Pixels): Pixels {
  const [n = 0, ...shape] = originals.shape;
  const size = exampleSize(shape);
  const out: number[] = [];
  for (let row = 0; row < n; row += columns) {
    const end = Math.min(n, row + columns) * size;
    // A short last row is filled up with black, so that each reconstruction stays below its original.
    const missing = (row + columns) * size - end;
    for (const { data } of [originals, made]) {
      for (let i = row * size; i < end; i++) out.push(data[i]!);
      for (let i = 0; i < missing && n > columns; i++) out.push(-1);
    }
  }
  return { data: Float32Array.from(out), shape: [out.length / size, ...shape] };
}
