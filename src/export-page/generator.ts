/** A trained generator in a web page: `const g = await loadGenerator(); const { data } = await g.sample(7, 0, 16)`. */
import * as ort from "onnxruntime-web/wasm";
import { deriveKey } from "../tensor/random/key.ts";
import { fillSource } from "../tensor/random/source.ts";
import type { Card, Sampler } from "./card.ts";
import { join, latentSize, portionOf, samplerStep, seededLatents } from "./latents.ts";

/** Numbers [n, …]; pixels in [−1, 1], channels first. */
export interface Examples {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

export interface Generator {
  readonly card: Card;
  /** Whether there are latent vectors to walk between. */
  readonly hasLatents: boolean;
  /** Latent vectors first, …, first + count − 1 of a seed: those of `imago sample --seed`. */
  latents(seed: number, first: number, count: number): Promise<Examples>;
  /** The examples of latent vectors. */
  generate(z: Examples): Promise<Examples>;
  /** Examples first, …, first + count − 1 of a seed: those of `imago sample --seed`. */
  sample(seed: number, first: number, count: number): Promise<Examples>;
}

/** Loads card.json and the files that it names from `folder`, by default the one that the page lies in. */
export async function loadGenerator(folder: string | URL = document.baseURI): Promise<Generator> {
  const base = new URL(folder, document.baseURI);
  const card = (await (await found(new URL("card.json", base))).json()) as Card;
  startOnnxRuntime(new URL("../onnxruntime/", import.meta.url));
  const open = async (file: string): Promise<ort.InferenceSession> =>
    ort.InferenceSession.create(new Uint8Array(await (await found(new URL(file, base))).arrayBuffer()));
  const makes = card.sampler?.gives !== "examples";
  const [decoder, sampler] = await Promise.all([
    makes ? open("generator.onnx") : undefined,
    card.sampler ? open(card.sampler.file) : undefined,
  ]);
  const portion = portionOf(card.example.kind);

  const generate = async (z: Examples): Promise<Examples> => {
    if (!decoder) throw new Error("this model has no latent vectors");
    const count = z.shape[0]!;
    const size = z.data.length / count;
    const parts: Float32Array[] = [];
    for (let at = 0; at < count; at += portion) {
      const n = Math.min(portion, count - at);
      const feed = new ort.Tensor("float32", z.data.slice(at * size, (at + n) * size), [
        n,
        ...z.shape.slice(1),
      ]);
      parts.push((await decoder.run({ z: feed }))["x"]!.data as Float32Array);
    }
    return { data: join(parts), shape: [count, ...card.example.shape] };
  };
  const latents = async (seed: number, first: number, count: number): Promise<Examples> => {
    if (card.latent)
      return { data: seededLatents(card.latent, seed, first, count), shape: [count, ...card.latent.shape] };
    if (!sampler || !makes) throw new Error("this model has no latent vectors");
    return await draw(sampler, card.sampler!, portion, seed, first, count);
  };
  const sample = async (seed: number, first: number, count: number): Promise<Examples> =>
    makes
      ? generate(await latents(seed, first, count))
      : await draw(sampler!, card.sampler!, portion, seed, first, count);
  return { card, hasLatents: makes, latents, generate, sample };
}

async function found(url: URL): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.pathname} could not be loaded (${response.status})`);
  return response;
}

/** Everything is loaded from the folder beside this file; threads only where the server allows them. */
function startOnnxRuntime(folder: URL): void {
  ort.env.wasm.wasmPaths = {
    mjs: new URL("ort-wasm-simd-threaded.js", folder).href,
    wasm: new URL("ort-wasm-simd-threaded.wasm", folder).href,
  };
  ort.env.wasm.numThreads = globalThis.crossOriginIsolated ? Math.min(4, navigator.hardwareConcurrency) : 1;
}

/** Rows first, … of a file that is fed with random numbers, portion by portion. */
async function draw(
  session: ort.InferenceSession,
  { runSeed, name, inputs }: Sampler,
  portion: number,
  seed: number,
  first: number,
  count: number,
): Promise<Examples> {
  const parts: Float32Array[] = [];
  let shape: readonly number[] = [];
  for (let p = Math.floor(first / portion); p * portion < first + count; p++) {
    const feeds: Record<string, ort.Tensor> = {};
    for (const input of inputs) {
      const numbers = fillSource(input, deriveKey(runSeed, name, samplerStep(seed, p), input.source));
      feeds[input.input] = new ort.Tensor(input.dtype, numbers as never, [...input.shape]);
    }
    const y = Object.values(await session.run(feeds))[0]!;
    shape = y.dims.slice(1);
    const size = latentSize({ shape });
    const [from, to] = [Math.max(0, first - p * portion), Math.min(portion, first + count - p * portion)];
    parts.push((y.data as Float32Array).subarray(from * size, to * size));
  }
  return { data: join(parts), shape: [count, ...shape] };
}
