import { stat } from "node:fs/promises";
import { atomicWrite } from "../data/atomic-write.node.ts";
import type { Dataset } from "../data/dataset.ts";
import { greyPlane, imageDecoder, writePlanes } from "../data/decode-image.node.ts";
import { createProducts, nearestNeighbors } from "../metrics/index.ts";
import { createRuntime } from "../runtime/index.ts";
import { sizeOf, UserError } from "../tensor/index.ts";
import { exampleEncoder } from "./latent-space.node.ts";
import type { Examples } from "./latents.node.ts";
import type { OpenRun } from "./open-run.node.ts";
import { checkCount, checkFree, endingOf, type OutputOptions } from "./output.node.ts";
import { runData } from "./run-data.node.ts";
import type { Written } from "./sample.node.ts";
import { sheetPng } from "./sheet.node.ts";
import { oneTestExample } from "./traverse.node.ts";

export interface SearchOptions extends OutputOptions {
  /** What to look for: the file of a picture, or the number of a test example. */
  readonly like: string;
  /** How many of the nearest. Default 9. */
  readonly n?: number;
  /** Search among the first so many training examples. Default: all. */
  readonly among?: number;
}

/** A training example and how far its code is from that of the query. */
export interface Found {
  readonly index: number;
  /** Euclidean distance of the codes. */
  readonly distance: number;
  /** Its class, where the data has labels. */
  readonly label?: number;
}

/** Rows in one portion of encoding. */
const block = 4096;

/**
 * The training examples whose codes are nearest to those of the queries [q, …], in order, one list for each query. Codes are
 * what the model encodes to (the posterior's mean of a VAE), or its features. Throws (UserError) where it has neither.
 */
export async function nearestInLatentSpace(
  run: OpenRun,
  queries: Examples,
  { n = 9, among }: { readonly n?: number; readonly among?: number } = {},
): Promise<Found[][]> {
  const { train } = await runData(run);
  const count = Math.min(among ?? train.length, train.length);
  checkCount("the number of neighbours", n, 1, count);
  const encode = exampleEncoder(run);
  const own = await encode(queries);
  const dimensions = own.shape[1]!;
  const codes = new Float32Array(count * dimensions);
  for (let first = 0; first < count; first += block) {
    const part = await encode(read(train, first, Math.min(block, count - first)));
    codes.set(part.data, first * dimensions);
  }
  const runtime = createRuntime({ device: "cpu" });
  try {
    const { indices, distances } = await nearestNeighbors(
      { data: own.data, count: own.shape[0]!, dimensions },
      { data: codes, count, dimensions },
      { k: n, products: createProducts(runtime) },
    );
    const labels = new Int32Array(indices.length);
    train.labels?.(indices, labels);
    return Array.from({ length: own.shape[0]! }, (_, query) =>
      Array.from({ length: n }, (_, i): Found => {
        const at = query * n + i;
        const label = train.labels && { label: labels[at]! };
        return { index: indices[at]!, distance: distances[at]!, ...label };
      }),
    );
  } finally {
    await runtime.dispose();
  }
}

/** Writes the query and the training examples nearest to it in latent space as one row of a sheet. */
export async function search(
  run: OpenRun,
  { like, n = 9, among, ...output }: SearchOptions,
): Promise<Written & { readonly found: readonly Found[] }> {
  endingOf(output.out, [".png"]);
  if (run.spec.kind === "points")
    throw new UserError(`${run.definition.name} learned points; a search shows pictures.`);
  checkFree(output);
  const query = await queryOf(run, like);
  const [found = []] = await nearestInLatentSpace(run, query, { n, ...(among !== undefined && { among }) });
  const { train } = await runData(run);
  const size = sizeOf(run.spec.shape);
  const data = new Float32Array((n + 1) * size);
  data.set(query.data);
  train.read(
    found.map(({ index }) => index),
    data.subarray(size),
  );
  const shape = [n + 1, ...run.spec.shape];
  await atomicWrite(output.out, await sheetPng({ data, shape }, { columns: n + 1 }));
  return { out: output.out, files: 1, shape, found };
}

function read(dataset: Dataset, first: number, count: number): Examples {
  const data = new Float32Array(count * sizeOf(dataset.shape));
  dataset.read(
    Int32Array.from({ length: count }, (_, i) => first + i),
    data,
  );
  return { data, shape: [count, ...dataset.shape] };
}

/** The query as the model's examples are: of its size, channels and grey levels. */
async function queryOf(run: OpenRun, like: string): Promise<Examples> {
  const file = await stat(like).catch(() => undefined);
  if (!file?.isFile()) {
    if (/^\d+$/.test(like)) return await oneTestExample(run, Number(like));
    throw new UserError(
      `There is no file ${like}, nor is it the number of a test example; name a picture, or a number from 0.`,
    );
  }
  const [channels = 1, side = 1] = run.spec.shape;
  const decode = await imageDecoder(side);
  const pixels = await decode(like).catch((error: Error) => {
    throw new UserError(`${like} cannot be read as a picture (${error.message}); name a PNG or JPEG file.`, {
      cause: error,
    });
  });
  const planes = new Uint8Array(pixels.length);
  writePlanes(pixels, planes);
  const half = ((run.spec.levels ?? 256) - 1) / 2;
  const bytes = channels === 1 ? greyPlane(planes) : planes;
  const data = Float32Array.from(bytes, (v) => Math.round((v / 127.5) * half) / half - 1);
  return { data, shape: [1, ...run.spec.shape] };
}
