/** Examples for an evaluation, from wherever they come: pictures, or features that were extracted elsewhere. */
import { open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { withChannels } from "../data/channels.ts";
import type { Dataset, Splits } from "../data/dataset.ts";
import { type LoadDataOptions, loadData } from "../data/load-data.node.ts";
import { looksLikeNpy, type NpyHeader, npyHeaderBytes, parseNpy, parseNpyHeader } from "../data/npy.ts";
import { npyPictures } from "../data/npy-pictures.node.ts";
import { holdsPictures } from "../data/open-path.node.ts";
import { loadPictureFolder } from "../data/picture-folder.node.ts";
import { resized } from "../data/resize.ts";
import { concatenated } from "../data/subset.ts";
import type { Features } from "../metrics/index.ts";
import { UserError } from "../tensor/index.ts";

export type OpenExamplesOptions = LoadDataOptions;

export type OpenedExamples = {
  /** Sentences about what was left out. */
  readonly warnings: readonly string[];
} & (
  | { readonly kind: "pictures"; readonly dataset: Dataset }
  | { readonly kind: "features"; readonly features: Features }
);

/** Most bytes of a file of features: they are all in memory. */
const mostFeatureBytes = 2 ** 31 - 1;

/**
 * Opens what `path` names:
 * - a folder of pictures: all of them, none held out; of one size unless `size` is given;
 * - a .npy file: four dimensions are pictures, read from the disk when needed; two are features, used as they are;
 * - any other data that `loadData` knows ("mnist", a folder of IDX files): all of it, or one split as "mnist:test".
 * Throws (UserError) where it cannot be read or does not hold examples.
 */
export async function openExamples(path: string, options: OpenExamplesOptions = {}): Promise<OpenedExamples> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) {
    const start = await firstBytes(path);
    if (looksLikeNpy(start)) return await openNpy(path, parseNpyHeader(start, found.size, path), options);
  }
  if (found?.isDirectory() && holdsPictures(path)) {
    const { dataset, warnings } = await loadPictureFolder(path, options);
    return { kind: "pictures", dataset: adapted(dataset, options), warnings };
  }
  const [, spec = path, part] = (found ? null : /^(.+):(train|test)$/.exec(path)) ?? [];
  const folder = part !== undefined && (await stat(spec).catch(() => undefined))?.isDirectory();
  // As they are, like every folder of pictures here; loadData would scale them.
  if (folder && holdsPictures(spec)) return await openExamples(join(spec, part), options);
  const splits = await loadData(spec, options);
  return { kind: "pictures", dataset: partOf(splits, spec, part), warnings: splits.warnings ?? [] };
}

function partOf({ train, test }: Splits, spec: string, part: string | undefined): Dataset {
  if (part === "train") return train;
  if (part === "test") {
    if (test) return test;
    throw new UserError(`${spec} has no test examples; leave ":test" out to take all.`);
  }
  return test ? concatenated(train, test) : train;
}

async function firstBytes(file: string): Promise<Uint8Array> {
  const handle = await open(file, "r").catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${file} cannot be read (${error.code}); check that it is there and readable.`, {
      cause: error,
    });
  });
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(npyHeaderBytes), 0, npyHeaderBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function openNpy(
  file: string,
  header: NpyHeader,
  options: OpenExamplesOptions,
): Promise<OpenedExamples> {
  const { shape } = header;
  if (shape.length === 4) {
    const dataset = adapted(await npyPictures(file, header), options);
    return { kind: "pictures", dataset, warnings: [] };
  }
  if (shape.length === 2)
    return { kind: "features", features: await readFeatures(file, header), warnings: [] };
  throw new UserError(
    `${file} is an array ${shape.join("×") || "of one number"}; expected four dimensions (pictures N×C×H×W or N×H×W×C) or two (features N×D).`,
  );
}

function adapted(dataset: Dataset, { size, channels }: OpenExamplesOptions): Dataset {
  const sized = size === undefined ? dataset : resized(dataset, size);
  return channels === undefined ? sized : withChannels(sized, channels);
}

async function readFeatures(file: string, { shape, offset }: NpyHeader): Promise<Features> {
  const [count = 0, dimensions = 0] = shape;
  const { size } = await stat(file);
  if (size - offset > mostFeatureBytes) {
    throw new UserError(
      `${file} holds ${size - offset} bytes of features; the most that is read is ${mostFeatureBytes}: save fewer examples, or float32 numbers.`,
    );
  }
  if (count < 1 || dimensions < 1)
    throw new UserError(`${file} is an array ${shape.join("×")}; expected some features.`);
  const { values } = parseNpy(await readFile(file), file);
  const exact = values instanceof Float32Array || values instanceof Float64Array;
  const data = exact ? values : Float64Array.from(values as ArrayLike<number | bigint>, Number);
  const bad = data.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) {
    throw new UserError(
      `${file} holds ${data[bad]} in row ${Math.floor(bad / dimensions)}, column ${bad % dimensions}; expected finite features: leave that example out, or mend what made it.`,
    );
  }
  return { data, count, dimensions };
}
