/** What the runtime and the thread that runs ONNX Runtime say to each other. */
import type { Binding, Device, EngineStats, Feeds, Results, SessionSettings } from "./engine.ts";
import type { Value } from "./value.ts";

export type Request =
  | {
      readonly kind: "load";
      readonly id: number;
      readonly model: Uint8Array;
      readonly binding: Binding;
      readonly settings: SessionSettings;
    }
  | {
      readonly kind: "run";
      readonly id: number;
      readonly feeds: Feeds;
      readonly wanted: "results" | "nothing";
    }
  | { readonly kind: "write"; readonly variable: string; readonly value: Value }
  | { readonly kind: "read"; readonly variable: string }
  | { readonly kind: "unload"; readonly id: number }
  | { readonly kind: "busy" }
  | { readonly kind: "copiesState" }
  | { readonly kind: "stats" }
  | { readonly kind: "close" };

/** First message to a browser worker; in Node the thread is given the device when it is made. */
export interface Start {
  readonly kind: "start";
  readonly device: Device;
  readonly threads: number;
  readonly wasmPaths: string | undefined;
}

export type Answer = Results | Value | EngineStats | number | boolean | undefined;

export type Reply = { readonly ticket: number } & (
  | { readonly ok: true; readonly result: Answer }
  | { readonly ok: false; readonly error: string }
);
export type Call = { readonly ticket: number; readonly request: Request | Start };
