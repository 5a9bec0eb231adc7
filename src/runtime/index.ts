export { type Compiled, type CompileOptions, compile, type ManyOptions } from "./compile.ts";
export type { Device, EngineStats } from "./engine.ts";
export type { ExportOptions, OpenShape, ShapeTree } from "./export-model.ts";
export type { CallMemory } from "./memory.ts";
export type { BrowserOptions } from "./platform.ts";
export {
  createRuntime,
  type DeviceReport,
  defaultRuntime,
  type Runtime,
  type RuntimeOptions,
} from "./runtime.ts";
export type { Value, ValueLike } from "./value.ts";
