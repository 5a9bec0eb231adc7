export * from "./clamp.ts";
export * from "./deep-boltzmann.ts";
export * from "./rbm.ts";
