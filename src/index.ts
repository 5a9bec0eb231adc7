export * from "./runtime/index.ts";
export * from "./tensor/index.ts";
