export * from "./features.ts";
export * from "./likelihood/index.ts";
export type * from "./metric.ts";
export * from "./originality/index.ts";
export * from "./products.ts";
export * from "./protocol.ts";
export * from "./registry.ts";
