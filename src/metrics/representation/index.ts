export * from "./clustering.ts";
export * from "./dci.ts";
export * from "./factor-vae-score.ts";
export { discretize, type FactoredCodes } from "./factors.ts";
export { type LabelledSplit, linearProbe } from "./linear-probe.ts";
export { fitLogistic, type LinearClassifier, type LogisticOptions } from "./logistic-regression.ts";
export * from "./mutual-information-gap.ts";
export * from "./neighbor-accuracy.ts";
