export * from "./fill.ts";
export * from "./key.ts";
export * from "./philox.ts";
export * from "./quantile.ts";
export * from "./source.ts";
export * from "./stream.ts";
