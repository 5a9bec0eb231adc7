/** The ONNX files of a run: which there are, how they are written, and the proof that they do what the model does. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { atomicWrite } from "../data/atomic-write.node.ts";
import type { ModelFile, Port } from "../export-page/card.ts";
import { seededLatents } from "../export-page/latents.ts";
import { compile } from "../runtime/index.ts";
import { traceFunction } from "../runtime/specialize.ts";
import { type Shape, type Tensor, UserError } from "../tensor/index.ts";
import type { Examples } from "./latents.node.ts";
import type { OpenRun } from "./open-run.node.ts";

/** One function of a model that becomes a file. */
interface Part {
  readonly file: string;
  readonly does: string;
  readonly fn: (x: Tensor) => Tensor;
  readonly input: Omit<Port, "type">;
  readonly output: string;
  readonly meaning: string;
}

const batchSizes = [1, 3, 64];
/** Allowed difference between a file and the model, relative to numbers larger than 1. */
const tolerance = 1e-4;

export interface WrittenFiles {
  readonly files: readonly ModelFile[];
  /** Files that could not be written, each with the reason. */
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
}

/** Writes the files of everything that the model can do with one input, and checks each. */
export async function writeModelFiles(
  run: OpenRun,
  latentShape: Shape | undefined,
  folder: string,
): Promise<WrittenFiles> {
  const files: ModelFile[] = [];
  const skipped: { file: string; reason: string }[] = [];
  for (const part of partsOf(run, latentShape)) {
    try {
      files.push(await writePart(run, part, folder));
    } catch (error) {
      // A critic that compares the examples of a batch has no meaning for one alone; the rest is still worth having.
      if (!(error instanceof UserError) || part.file === "generator.onnx") throw error;
      skipped.push({ file: part.file, reason: error.message });
    }
  }
  return { files, skipped };
}

function partsOf(run: OpenRun, latentShape: Shape | undefined): Part[] {
  const { generate, encode, decode, classify, features, discriminate } = run.model;
  const image = run.spec.kind === "image";
  const pixels = image ? ", pixels in [−1, 1], channels first" : "";
  const x = { name: "x", shape: ["N" as const, ...run.spec.shape], meaning: `examples${pixels}` };
  const codeShape = encode ? resultShape(run, encode, run.spec.shape) : latentShape;
  const latent = (shape: Shape) => ({
    name: "z",
    shape: ["N" as const, ...shape],
    meaning: "latent vectors",
  });
  const parts: (Part | undefined)[] = [
    generate && latentShape
      ? {
          file: "generator.onnx",
          does: "makes examples from latent vectors",
          fn: generate,
          input: latent(latentShape),
          output: "x",
          meaning: x.meaning,
        }
      : undefined,
    encode
      ? {
          file: "encoder.onnx",
          does: "gives the latent vector of each example",
          fn: encode,
          input: x,
          output: "z",
          meaning: "latent vectors",
        }
      : undefined,
    decode && codeShape
      ? {
          file: "decoder.onnx",
          does: "makes examples from the encoder's latent vectors",
          fn: decode,
          input: latent(codeShape),
          output: "x",
          meaning: x.meaning,
        }
      : undefined,
    classify
      ? {
          file: "classifier.onnx",
          does: "gives the scores of the classes of each example",
          fn: classify,
          input: x,
          output: "scores",
          meaning: "one score for each class; the largest is at the predicted class",
        }
      : undefined,
    features
      ? {
          file: "features.onnx",
          does: "gives the learned features of each example",
          fn: features,
          input: x,
          output: "features",
          meaning: "features of the example",
        }
      : undefined,
    discriminate
      ? {
          file: "discriminator.onnx",
          does: "says how real each example looks",
          fn: discriminate,
          input: x,
          output: "logit",
          meaning: "log-odds that the example is real",
        }
      : undefined,
  ];
  return parts.filter((part) => part !== undefined);
}

function resultShape(run: OpenRun, fn: (x: Tensor) => Tensor, shape: Shape): Shape {
  const probe = [{ shape: [3, ...shape], dtype: "float32" }];
  const isLeaf = (x: unknown): boolean => probe.some((leaf) => leaf === x);
  const { result } = traceFunction((x: Tensor) => run.withAverages(() => fn(x)), probe, isLeaf, {
    name: "probe",
    training: false,
  });
  return (result as Tensor).shape.slice(1);
}

async function writePart(run: OpenRun, part: Part, folder: string): Promise<ModelFile> {
  const compiled = compile((x: Tensor) => run.withAverages(() => part.fn(x)), {
    runtime: run.runtime,
    training: false,
    name: part.file.replace(".onnx", ""),
  });
  const names = { inputs: [part.input.name], outputs: [part.output] };
  const path = join(folder, part.file);
  await atomicWrite(path, await compiled.onnx(part.input.shape, names));
  const bytes = await readFile(path);
  const session = await InferenceSession.create(bytes);
  try {
    let largest = 0;
    let outShape: Shape = [];
    for (const batch of batchSizes) {
      const x = probeInput(part.input.shape.slice(1) as Shape, batch);
      const feeds = { [part.input.name]: new OrtTensor("float32", x.data, [...x.shape]) };
      const got = (await session.run(feeds))[part.output]!;
      const wanted = await compiled(x);
      outShape = wanted.shape.slice(1);
      largest = Math.max(
        largest,
        difference(got, wanted.data as Float32Array, `${part.file} at batch ${batch}`),
      );
    }
    return {
      file: part.file,
      does: part.does,
      inputs: [{ ...part.input, type: "float32" }],
      outputs: [{ name: part.output, shape: ["N", ...outShape], type: "float32", meaning: part.meaning }],
      ...factsOf(bytes),
      largestDifference: Number(largest.toPrecision(2)),
    };
  } finally {
    await session.release();
  }
}

/** Numbers between −1 and 1: what pixels are, and where most of a latent vector lies. */
function probeInput(shape: Shape, batch: number): Examples {
  const spec = { shape, distribution: "uniform" as const, scale: 2, shift: -1 };
  return { data: seededLatents(spec, 0, 0, batch), shape: [batch, ...shape] };
}

/** Size and hash of a file. */
export const factsOf = (bytes: Uint8Array): Pick<ModelFile, "bytes" | "sha256"> => ({
  bytes: bytes.length,
  sha256: createHash("sha256").update(bytes).digest("hex"),
});

/** max |got − wanted| / max(1, max |wanted|). Throws where that is more than rounding. */
export function difference(got: OrtTensor, wanted: Float32Array, where: string): number {
  const data = got.data as Float32Array;
  let [largest, scale] = [0, 1];
  for (let i = 0; i < wanted.length; i++) {
    scale = Math.max(scale, Math.abs(wanted[i]!));
    largest = Math.max(largest, Math.abs(data[i]! - wanted[i]!));
  }
  if (data.length !== wanted.length || !(largest / scale < tolerance)) {
    throw new Error(
      `${where} differs from the trained model by ${largest} (${data.length} numbers, expected ${wanted.length}); the export is wrong.`,
    );
  }
  return largest / scale;
}
