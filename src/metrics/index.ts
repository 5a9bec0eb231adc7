export * from "./features.ts";
export type * from "./metric.ts";
export * from "./products.ts";
export * from "./protocol.ts";
export * from "./registry.ts";
