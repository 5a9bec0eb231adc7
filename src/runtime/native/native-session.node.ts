/** One model, loaded and ready to be run, by ONNX Runtime's C API. */
import type { InferenceSession } from "onnxruntime-common";
import type { OrtApi, Pointer } from "./ort-api.ts";

export interface NativeSession {
  /**
   * Runs the model. Outputs are written into the values given for them; in place of those for which none is given come values of ONNX
   * Runtime's own, which are to be freed.
   */
  run(inputs: readonly Named[], outputs: readonly Named[]): Pointer[];
  close(): void;
}

/** A value with the name it has in the model; 0 stands for none. */
export type Named = readonly [name: string, value: Pointer];

/** Loads a model. The options are those of onnxruntime-node. */
export function openSession(
  api: OrtApi,
  env: Pointer,
  model: Uint8Array,
  options: InferenceSession.SessionOptions,
): NativeSession {
  const given = nativeOptions(api, options);
  const names = nameTable(api);
  try {
    const session = api.get("CreateSessionFromArray", env, model, model.byteLength, given);
    return {
      run(inputs, outputs) {
        const values = BigUint64Array.from(inputs, ([, value]) => value);
        const results = BigUint64Array.from(outputs, ([, value]) => value);
        const [inputNames, outputNames] = [names(inputs), names(outputs)];
        api.call(
          "Run",
          ...[session, null, inputNames, values, values.length],
          ...[outputNames, results.length, results],
        );
        return [...results];
      },
      close: () => api.free("ReleaseSession", session),
    };
  } finally {
    api.free("ReleaseSessionOptions", given);
  }
}

/** Addresses of names as the API wants them, ended by a zero; each is written once. */
function nameTable(api: OrtApi): (list: readonly Named[]) => BigUint64Array {
  const kept = new Map<string, { readonly memory: Buffer; readonly address: Pointer }>();
  const address = (name: string): Pointer => {
    const known = kept.get(name);
    if (known) return known.address;
    const memory = Buffer.from(`${name}\0`);
    const made = { memory, address: api.addressOf(memory) };
    kept.set(name, made);
    return made.address;
  };
  return (list) => BigUint64Array.from(list, ([name]) => address(name));
}

const optimizationLevels = { disabled: 0, basic: 1, extended: 2, layout: 3, all: 99 } as const;

function nativeOptions(api: OrtApi, options: InferenceSession.SessionOptions): Pointer {
  const made = api.get("CreateSessionOptions");
  const { intraOpNumThreads, executionMode, enableMemPattern, graphOptimizationLevel } = options;
  if (intraOpNumThreads !== undefined) api.call("SetIntraOpNumThreads", made, intraOpNumThreads);
  api.call("SetSessionExecutionMode", made, executionMode === "parallel" ? 1 : 0);
  api.call(enableMemPattern === false ? "DisableMemPattern" : "EnableMemPattern", made);
  api.call("SetSessionGraphOptimizationLevel", made, optimizationLevels[graphOptimizationLevel ?? "all"]);
  api.call("SetSessionLogSeverityLevel", made, options.logSeverityLevel ?? 3);
  for (const [key, value] of entries(options.extra ?? {}))
    api.call("AddSessionConfigEntry", made, key, value);
  return made;
}

/** Nested records as keys with dots: what onnxruntime-node makes of `extra`. */
function entries(record: { readonly [name: string]: unknown }): [string, string][] {
  return Object.entries(record).flatMap(([name, value]): [string, string][] =>
    typeof value === "object" && value !== null
      ? entries(value as { readonly [name: string]: unknown }).map(([key, text]) => [`${name}.${key}`, text])
      : [[name, String(value)]],
  );
}
