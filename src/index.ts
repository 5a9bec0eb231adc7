export * from "./data/index.ts";
export * from "./math/index.ts";
export * from "./models/index.ts";
export * from "./nn/index.ts";
export { embedding } from "./nn/index.ts";
export * from "./optim/index.ts";
export * from "./runtime/index.ts";
export * from "./tensor/index.ts";
