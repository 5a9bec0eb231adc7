/**
 * The engine over any build of ONNX Runtime (node, web): sessions by number, state by name. On WebGPU state stays in GPU
 * buffers, which must be freed by hand: JavaScript's garbage collector does not do it.
 */
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-common";
import { identityModel } from "../onnx/index.ts";
import { type DType, dtypeOf, type TypedArray } from "../tensor/index.ts";
import type { Binding, Device, Engine, EngineStats, Feeds, Results, SessionSettings } from "./engine.ts";
import type { Value } from "./value.ts";

/** The part of ONNX Runtime's module that is used; onnxruntime-node and -web both fit. */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: {
    new (
      type: "float32" | "float64" | "int32" | "int64" | "bool",
      data: TypedArray,
      dims: readonly number[],
    ): OrtTensor;
  };
}

interface Loaded {
  readonly session: InferenceSession;
  readonly binding: Binding;
}

const bytesOf = (t: OrtTensor): number => t.size * (t.type === "int64" ? 8 : t.type === "bool" ? 1 : 4);

type Create = (
  model: Uint8Array,
  onGpu: readonly string[],
  results: readonly string[],
  settings: SessionSettings,
) => Promise<InferenceSession>;

/** Copies tensors between devices by an identity graph: onnxruntime-node aborts when a GPU buffer is read directly. */
function copier(create: Create): {
  copy(tensor: OrtTensor, to: "cpu" | "gpu-buffer"): Promise<OrtTensor>;
  release(): Promise<void>;
} {
  const sessions = new Map<string, InferenceSession>();
  return {
    async copy(tensor, to) {
      const key = `${tensor.type}/${tensor.dims.length}/${to}`;
      let session = sessions.get(key);
      if (!session) {
        const model = identityModel(tensor.type as DType, tensor.dims.length);
        const [onGpu, results] = to === "cpu" ? [[], ["y"]] : [["y"], []];
        session = await create(model, onGpu, results, { threads: 1, spinning: false });
        sessions.set(key, session);
      }
      const { y } = await session.run({ x: tensor } as InferenceSession.FeedsType);
      return y as OrtTensor;
    },
    async release() {
      for (const session of sessions.values()) await session.release();
      sessions.clear();
    },
  };
}

/** Gives the memory of an array buffer back at once. */
export type Release = (buffer: ArrayBuffer) => void;

/** Named tensors that stay on the device. */
function stateTensors(
  device: Device,
  release: Release | undefined,
): {
  /** `own`: nobody else has the tensor's memory. */
  keep(variable: string, tensor: OrtTensor, own?: boolean): void;
  get(variable: string): OrtTensor;
  size(): { states: number; stateBytes: number };
  clear(): void;
} {
  const states = new Map<string, OrtTensor>();
  const owned = new WeakSet<OrtTensor>();
  return {
    keep(variable, tensor, own = false) {
      const before = states.get(variable);
      if (before && before !== tensor) {
        if (release && owned.has(before)) releaseData(before, release);
        before.dispose();
      }
      states.set(variable, tensor);
      if (own) owned.add(tensor);
    },
    get(variable) {
      const tensor = states.get(variable);
      if (!tensor) throw new Error(`the variable ${variable} has no value on the ${device} engine`);
      return tensor;
    },
    size: () => ({
      states: states.size,
      stateBytes: [...states.values()].reduce((sum, t) => sum + bytesOf(t), 0),
    }),
    clear() {
      for (const tensor of states.values()) tensor.dispose();
      states.clear();
    },
  };
}

function releaseData(tensor: OrtTensor, release: Release): void {
  if (tensor.location !== "cpu") return;
  const { buffer, byteLength } = tensor.data as TypedArray;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) release(buffer);
}

/**
 * The engine of `device` over `ort`. `options` are added to every session's options. With `releaseBuffer`, memory of state that a
 * call has replaced is given back by it; otherwise that is left to the garbage collector, which may let several generations
 * of it pile up.
 */
export function sessionEngine(
  ort: OnnxRuntime,
  device: Device,
  options: (settings: SessionSettings) => InferenceSession.SessionOptions,
  releaseBuffer?: Release,
): Engine {
  const sessions = new Map<number, Loaded>();
  const states = stateTensors(device, releaseBuffer);
  const create: Create = (model, onGpu, results, settings) =>
    ort.InferenceSession.create(model, {
      ...options(settings),
      ...(device === "webgpu" && { preferredOutputLocation: locations(onGpu, results) }),
    });
  const { copy, release } = copier(create);
  let busy = 0;
  const download = async (tensor: OrtTensor): Promise<Value> =>
    toValue(tensor.location === "cpu" ? tensor : await copy(tensor, "cpu"));

  const run = async (
    { session, binding }: Loaded,
    feeds: Feeds,
    wanted: "results" | "nothing",
  ): Promise<Results> => {
    const inputs: Record<string, OrtTensor> = {};
    for (const [name, value] of Object.entries(feeds)) inputs[name] = toOrt(ort, value);
    for (const { variable, input } of binding.states) inputs[input] = states.get(variable);
    const kept = binding.assigns.map(({ output }) => output);
    const names = wanted === "results" ? binding.results : [];
    if (kept.length + names.length === 0) return {};
    const fetched = (await session.run(inputs as InferenceSession.FeedsType, [...kept, ...names])) as Record<
      string,
      OrtTensor
    >;
    for (const { variable, output } of binding.assigns) states.keep(variable, fetched[output]!, true);
    const results: Record<string, Value> = {};
    for (const name of names) results[name] = await download(fetched[name]!);
    return results;
  };

  return {
    device,
    async load(id, model, binding, settings) {
      const kept = binding.assigns.map((a) => a.output);
      sessions.set(id, { session: await create(model, kept, binding.results, settings), binding });
    },
    async run(id, feeds, wanted = "results") {
      const began = performance.now();
      try {
        return await run(sessions.get(id)!, feeds, wanted);
      } finally {
        busy += performance.now() - began;
      }
    },
    async write(variable, value) {
      const tensor = toOrt(ort, value);
      states.keep(variable, device === "webgpu" ? await copy(tensor, "gpu-buffer") : tensor);
    },
    async read(variable) {
      const value = await download(states.get(variable));
      return { shape: value.shape, data: value.data.slice() };
    },
    async unload(id) {
      await sessions.get(id)?.session.release();
      sessions.delete(id);
    },
    busy: async () => busy,
    copiesState: async () => true,
    stats: async (): Promise<EngineStats> => ({ ...states.size(), sessions: sessions.size }),
    async close() {
      // GPU buffers before the sessions: the last session takes the device with it, and freeing a buffer then crashes.
      states.clear();
      for (const { session } of sessions.values()) await session.release();
      sessions.clear();
      await release();
    },
  };
}

function locations(
  onGpu: readonly string[],
  results: readonly string[],
): Record<string, "gpu-buffer" | "cpu"> {
  return Object.fromEntries([
    ...onGpu.map((name) => [name, "gpu-buffer"] as const),
    ...results.map((name) => [name, "cpu"] as const),
  ]);
}

function toOrt(ort: OnnxRuntime, { data, shape }: Value): OrtTensor {
  return new ort.Tensor(dtypeOf(data)!, data, shape);
}

function toValue(tensor: OrtTensor): Value {
  return { data: tensor.data as TypedArray, shape: [...tensor.dims] };
}
