/** The file of a model whose random numbers are more than a plain latent vector: they become inputs of the file. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { atomicWrite } from "../data/atomic-write.node.ts";
import type { ModelFile, RandomInput, Sampler } from "../export-page/card.ts";
import { portionOf, samplerStep } from "../export-page/latents.ts";
import { compile } from "../runtime/index.ts";
import { deriveKey, fillSource } from "../tensor/random/index.ts";
import { samplerName } from "./drawer.node.ts";
import { difference, factsOf } from "./export-files.node.ts";
import { type RunSampler, traceSampler } from "./latents.node.ts";
import type { OpenRun } from "./open-run.node.ts";

/** Writes `sampler.onnx` where the run needs one to sample; undefined where latent vectors are all it takes. */
export async function writeSampler(
  run: OpenRun,
  sampler: RunSampler,
  folder: string,
): Promise<{ sampler: Sampler; file: ModelFile } | undefined> {
  if (sampler.latent) return undefined;
  const gives = sampler.latentShape ? "latents" : "examples";
  const draw = gives === "latents" ? run.model.prior : run.model.sample;
  if (!draw) return undefined;
  const portion = portionOf(run.spec.kind);
  const body = (n: number) => run.withAverages(() => draw(n));
  const output = gives === "latents" ? "z" : "x";
  const compiled = compile(() => body(portion), { runtime: run.runtime, training: false, name: samplerName });
  const path = join(folder, "sampler.onnx");
  await atomicWrite(path, await compiled.onnx({ outputs: [output] }));
  const bytes = await readFile(path);
  const session = await InferenceSession.create(bytes);
  try {
    const inputs = randomInputs(body, portion).filter(({ input }) => session.inputNames.includes(input));
    const card: Sampler = {
      file: "sampler.onnx",
      gives,
      name: samplerName,
      runSeed: run.runtime.seed,
      inputs,
    };
    const got = (await session.run(feedsOf(card)))[output]!;
    const wanted = await (gives === "latents" ? sampler.latents : sampler.sample)(0, 0, portion);
    const shape = [portion, ...wanted.shape.slice(1)];
    const file: ModelFile = {
      file: "sampler.onnx",
      does:
        gives === "latents"
          ? "makes latent vectors from random numbers"
          : "makes examples from random numbers",
      inputs: inputs.map(({ input, kind, shape: dims, dtype, low, high }) => ({
        name: input,
        shape: [...dims],
        type: dtype,
        meaning: kind === "randint" ? `whole numbers from ${low} to ${high - 1}` : `${kind} random numbers`,
      })),
      outputs: [
        {
          name: output,
          shape,
          type: "float32",
          meaning: gives === "latents" ? "latent vectors" : "examples",
        },
      ],
      ...factsOf(bytes),
      largestDifference: Number(difference(got, wanted.data, "sampler.onnx").toPrecision(2)),
    };
    return { sampler: card, file };
  } finally {
    await session.release();
  }
}

function randomInputs(body: Parameters<typeof traceSampler>[0], portion: number): RandomInput[] {
  return traceSampler(body, portion).randoms.map(
    ({ name, attrs: { source, kind, shape, dtype, low, high } }) => ({
      input: name.replace("random_", "random:"),
      ...{ source, kind, shape, dtype, low, high },
    }),
  );
}

/** The random numbers of portion 0 of seed 0, as the sampler draws them. */
function feedsOf({ runSeed, name, inputs }: Sampler): Record<string, OrtTensor> {
  return Object.fromEntries(
    inputs.map((attrs) => {
      const data = fillSource(attrs, deriveKey(runSeed, name, samplerStep(0, 0), attrs.source));
      const type = attrs.dtype;
      return [attrs.input, new OrtTensor(type, data as never, [...attrs.shape])];
    }),
  );
}
