export * from "./cost.ts";
export * from "./graph.ts";
export * from "./identity.ts";
export { iterationsInput, withCarriedInputs, writeLoop } from "./loop.ts";
export * from "./optimize.ts";
export { type Pack, packState } from "./pack/pack-state.ts";
export type { Layouts } from "./passes/state-layouts.ts";
export * from "./symbolic.ts";
export * from "./writer.ts";
