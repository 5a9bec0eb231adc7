export * from "./adversarial.ts";
export * from "./bce.ts";
export * from "./cross-entropy.ts";
export * from "./gradient-penalty.ts";
export * from "./hinge.ts";
export * from "./regression.ts";
