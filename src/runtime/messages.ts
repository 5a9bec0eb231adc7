/** What the runtime and the thread that runs ONNX Runtime say to each other. */
import type { Binding, EngineStats, Feeds, Results, SessionSettings } from "./engine.ts";
import type { Value } from "./value.ts";

export type Request =
  | {
      readonly kind: "load";
      readonly id: number;
      readonly model: Uint8Array;
      readonly binding: Binding;
      readonly settings: SessionSettings;
    }
  | { readonly kind: "run"; readonly id: number; readonly feeds: Feeds }
  | { readonly kind: "write"; readonly variable: string; readonly value: Value }
  | { readonly kind: "read"; readonly variable: string }
  | { readonly kind: "unload"; readonly id: number }
  | { readonly kind: "stats" }
  | { readonly kind: "close" };

export type Reply = { readonly ticket: number } & (
  | { readonly ok: true; readonly result: Results | Value | EngineStats | undefined }
  | { readonly ok: false; readonly error: string }
);
export type Call = { readonly ticket: number; readonly request: Request };
