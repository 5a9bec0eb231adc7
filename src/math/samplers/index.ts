export type { ChainState, Transition } from "./accept.ts";
export * from "./effective-sample-size.ts";
export {
  type ElementByElementOptions,
  type ElementSampler,
  type ElementStep,
  elementByElement,
} from "./element-by-element.ts";
export * from "./gibbs.ts";
export * from "./hmc.ts";
export * from "./langevin.ts";
export * from "./metropolis.ts";
