export * from "./accuracy.ts";
export * from "./distributions/index.ts";
export * from "./divergences/index.ts";
export * from "./kl.ts";
export * from "./linear-algebra.ts";
export * from "./losses/index.ts";
export * from "./per-example.ts";
export * from "./schedules.ts";
