export * from "./discrete.ts";
export * from "./f-gan.ts";
export * from "./mmd.ts";
