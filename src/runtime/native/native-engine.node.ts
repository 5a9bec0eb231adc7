/**
 * The CPU's engine over ONNX Runtime's C API. onnxruntime-node copies every output of a run into a JavaScript buffer of its own; here
 * state stays where it is, and a run writes the new value over the old one, or into a second buffer where something may still
 * read the old one (`onnx/in-place.ts`).
 */
import type { InferenceSession } from "onnxruntime-common";
import type { Binding, Engine, Feeds, Results, SessionSettings } from "../engine.ts";
import { bufferRelease } from "../release-buffer.node.ts";
import { type Named, type NativeSession, openSession } from "./native-session.node.ts";
import type { OrtApi } from "./ort-api.ts";
import { type StateMemory, stateMemory } from "./state-memory.ts";
import { type TensorValues, tensorValues } from "./tensor-values.ts";

interface Loaded {
  readonly session: NativeSession;
  readonly binding: Binding;
}

const errorsOnly = 3;

/** The engine by `api`. `options` are those of onnxruntime-node for every session. */
export function nativeEngine(
  api: OrtApi,
  options: (settings: SessionSettings) => InferenceSession.SessionOptions,
): Engine {
  const env = api.get("CreateEnv", errorsOnly, "imago");
  const values = tensorValues(api);
  const states = stateMemory(values, bufferRelease());
  const sessions = new Map<number, Loaded>();
  let busy = 0;
  let closed = false;
  return {
    device: "cpu",
    copiesState: async () => false,
    async load(id, model, binding, settings) {
      sessions.set(id, { session: openSession(api, env, model, options(settings)), binding });
    },
    async run(id, feeds, wanted = "results") {
      const began = performance.now();
      try {
        return runOnce(sessions.get(id)!, feeds, wanted, { states, values });
      } finally {
        busy += performance.now() - began;
      }
    },
    write: async (variable, value, own = false) => states.write(variable, value, own),
    async read(variable) {
      const { data, shape } = states.current(variable);
      return { data: data.slice(), shape };
    },
    async unload(id) {
      sessions.get(id)?.session.close();
      sessions.delete(id);
    },
    busy: async () => busy,
    stats: async () => ({ ...states.size(), sessions: sessions.size }),
    async close() {
      if (closed) return;
      closed = true;
      for (const { session } of sessions.values()) session.close();
      sessions.clear();
      states.clear();
      values.close();
      api.free("ReleaseEnv", env);
    },
  };
}

function runOnce(
  { session, binding }: Loaded,
  feeds: Feeds,
  wanted: "results" | "nothing",
  { states, values }: { readonly states: StateMemory; readonly values: TensorValues },
): Results {
  const names = wanted === "results" ? binding.results : [];
  if (binding.assigns.length + names.length === 0) return {};
  const fed = Object.entries(feeds).map(([name, value]) => ({ name, tensor: values.over(value) }));
  try {
    const inputs = [
      ...binding.states.map(({ variable, input }): Named => [input, states.current(variable).pointer]),
      ...fed.map(({ name, tensor }): Named => [name, tensor.pointer]),
    ];
    const assigned = binding.assigns.map(({ variable, output, inPlace }): Named => {
      const { pointer } = inPlace ? states.current(variable) : states.spare(variable);
      return [output, pointer];
    });
    const outputs = session.run(inputs, [...assigned, ...names.map((name): Named => [name, 0n])]);
    for (const { variable, inPlace } of binding.assigns) if (!inPlace) states.swap(variable);
    const made = outputs.slice(assigned.length);
    try {
      return Object.fromEntries(made.map((pointer, i) => [names[i]!, values.copyOf(pointer)]));
    } finally {
      made.forEach(values.free);
    }
  } finally {
    for (const { tensor } of fed) values.free(tensor.pointer);
  }
}
