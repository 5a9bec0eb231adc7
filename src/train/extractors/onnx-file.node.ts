/** Any ONNX file as feature extractor, by a sidecar that says how to feed it: the way to bring Inception-v3, VGG or CLIP. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { join } from "../../export-page/latents.ts";
import { UserError } from "../../tensor/index.ts";
import { checkExamples, type Extraction, type FeatureExtractor, softmaxRows } from "./extractor.ts";
import { fitPictures } from "./fit-pictures.ts";
import { checkPorts, proposedSidecar } from "./onnx-ports.ts";
import { parseSidecar, type Sidecar, sidesOf } from "./sidecar.ts";

const sidecarLimit = 65_536; // bytes
/** Numbers that pictures of one call may take: 256 MB. */
const callLimit = 2 ** 26;
const mostInCall = 64;
/** Longest row of features or logits: above it the output is no feature vector. */
const mostDimensions = 2 ** 20;

/** The sidecar of model.onnx is model.json beside it. */
export const sidecarFile = (file: string): string => file.replace(/\.onnx$/i, ".json");

/**
 * Opens an ONNX file on the CPU. Its sidecar names input, size, channels, layout, resizer, range (or mean and std) and the
 * output with the features [N, d], optionally one with logits; names, types and shapes are checked against the file.
 * Throws (UserError) where something is missing or does not fit.
 */
export async function onnxExtractor(
  file: string,
  { threads }: { readonly threads?: number } = {},
): Promise<FeatureExtractor> {
  const name = basename(file);
  const session = await load(file, threads);
  try {
    const sidecar = await readSidecar(file, session);
    const batch = checkPorts(name, session, sidecar);
    const apply = applier(session, sidecar, batch, name);
    const { height, width } = sidesOf(sidecar);
    const probe = await apply(new Float32Array(sidecar.channels * height * width), 1);
    return {
      name,
      hash: await hashOf(file, sidecar),
      kind: "onnx",
      dimensions: probe.features.length,
      ...(probe.probabilities && { classes: probe.probabilities.length }),
      resizer: `${sidecar.resize} ${height}×${width}`,
      async extract(examples, n, shape) {
        checkExamples(name, examples, n, shape);
        const size = examples.length / Math.max(1, n);
        const parts: Extraction[] = [];
        const fixed = batch ?? callSize(sidecar);
        for (let first = 0; first < n; first += fixed) {
          const rows = Math.min(fixed, n - first);
          const portion = examples.subarray(first * size, (first + rows) * size);
          parts.push(await apply(fitPictures(portion, [rows, ...shape.slice(1)], sidecar, name), rows));
        }
        return joined(parts);
      },
      dispose: () => session.release(),
    };
  } catch (error) {
    await session.release();
    throw error;
  }
}

async function load(file: string, threads: number | undefined): Promise<InferenceSession> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) {
    throw new UserError(`There is no file ${file}; name an ONNX file (model.onnx).`);
  }
  try {
    return await InferenceSession.create(file, {
      executionProviders: ["cpu"],
      logSeverityLevel: 4,
      ...(threads !== undefined && { intraOpNumThreads: threads }),
    });
  } catch (error) {
    const why = (error instanceof Error ? error.message : String(error)).split("\n")[0];
    throw new UserError(
      `${file} cannot be loaded by ONNX Runtime (${why}); export the network again as an ONNX file.`,
      { cause: error },
    );
  }
}

async function readSidecar(file: string, session: InferenceSession): Promise<Sidecar> {
  const place = sidecarFile(file);
  const found = await stat(place).catch(() => undefined);
  if (!found?.isFile()) {
    throw new UserError(
      `${file} needs a file that says how to feed it; write ${place}, for example: ${JSON.stringify(proposedSidecar(session))}`,
    );
  }
  if (found.size > sidecarLimit)
    throw new UserError(`${place} is ${found.size} bytes long; expected a short JSON file.`);
  return parseSidecar(await readFile(place, "utf8"), place);
}

const callSize = (sidecar: Sidecar): number => {
  const { height, width } = sidesOf(sidecar);
  return Math.max(1, Math.min(mostInCall, Math.floor(callLimit / (sidecar.channels * height * width))));
};

type Apply = (pictures: Float32Array, n: number) => Promise<Extraction>;

/** Runs n pictures that are already as the network wants them; a fixed batch size is filled up with zeros. */
function applier(
  session: InferenceSession,
  sidecar: Sidecar,
  batch: number | undefined,
  name: string,
): Apply {
  const { height, width } = sidesOf(sidecar);
  const one =
    sidecar.layout === "NCHW" ? [sidecar.channels, height, width] : [height, width, sidecar.channels];
  const wanted = [sidecar.features, ...(sidecar.logits === undefined ? [] : [sidecar.logits])];
  return async (pictures, n) => {
    const rows = batch ?? n;
    const x = rows === n ? pictures : new Float32Array((pictures.length / n) * rows);
    if (rows !== n) x.set(pictures);
    const feeds = { [sidecar.input]: new OrtTensor("float32", x, [rows, ...one]) };
    const results = await session.run(feeds, wanted).catch((error: Error) => {
      throw new UserError(
        `${name} cannot be run on pictures [${[rows, ...one].join(", ")}] (${error.message.split("\n")[0]}); correct size, channels or layout in its sidecar.`,
        { cause: error },
      );
    });
    const rowsOf = (output: string): Float32Array => table(results[output]!, output, rows, n, name);
    const features = rowsOf(sidecar.features);
    if (sidecar.logits === undefined) return { features };
    const logits = rowsOf(sidecar.logits);
    return { features, probabilities: softmaxRows(logits, logits.length / n) };
  };
}

/** The first n rows of an output [rows, d]; trailing axes of length 1, as pooling leaves them, are dropped. */
function table(tensor: OrtTensor, output: string, rows: number, n: number, name: string): Float32Array {
  const { dims, type, data } = tensor;
  const flat = dims.slice(2).every((d) => d === 1) && dims.length >= 2 && dims[0] === rows;
  const dimensions = dims[1] ?? 0;
  if (!flat || type !== "float32" || dimensions < 1 || dimensions > mostDimensions) {
    throw new UserError(
      `${name}: its output "${output}" is ${type}[${dims.join(", ")}] for ${rows} pictures, expected float32 [N, d], a row of numbers for each; name another output in its sidecar, or export one.`,
    );
  }
  return (data as Float32Array).slice(0, n * dimensions);
}

function joined(parts: readonly Extraction[]): Extraction {
  const probabilities = parts.flatMap((part) => part.probabilities ?? []);
  return {
    features: join(parts.map((part) => part.features)),
    ...(probabilities.length > 0 && { probabilities: join(probabilities) }),
  };
}

/** Of the file's bytes and of the preprocessing. */
async function hashOf(file: string, sidecar: Sidecar): Promise<string> {
  const hash = createHash("sha256");
  const entries = Object.entries(sidecar).sort(([a], [b]) => (a < b ? -1 : 1));
  hash.update(JSON.stringify(entries));
  for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}
