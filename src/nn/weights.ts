/**
 * Weights that are functions of their parameter: spectral and weight normalisation, equalised learning rate.
 * A layer asks `weight(spec)`; what surrounds it (`withWeights`) or its own option (`weights`) decides what
 * becomes of it.
 */
import { activeTrace, type Tensor, type WeightSpec, type WeightTransform } from "../tensor/index.ts";
import { currentFrame, parameter } from "./scope.ts";

/** What every layer with weights takes. */
export type WeightOptions = {
  /**
   * How the weight comes from its parameter: `spectralNorm`, `weightNorm`, `equalizedLearningRate()`, …;
   * replaces `withWeights`.
   */
  weights?: WeightTransform;
};

/**
 * Runs `body` with `transform` applied to the weights (not the biases) of all layers in it; nested ones
 * compose.
 */
export function withWeights<T>(transform: WeightTransform, body: () => T): T {
  const frame = currentFrame("withWeights");
  const before = frame.transforms;
  frame.transforms = [...before, transform];
  try {
    return body();
  } finally {
    frame.transforms = before;
  }
}

/** The parameter itself: `{ weights: plainWeights }` exempts one layer from a surrounding `withWeights`. */
export const plainWeights: WeightTransform = (_, make) => make();

/** A weight of the current layer, through `own` or else the transforms around it. */
export function weight(spec: WeightSpec, own?: WeightTransform): Tensor {
  const transforms = own ? [own] : currentFrame(spec.name).transforms;
  type Make = (init?: WeightSpec["init"]) => Tensor;
  const raw: Make = (init = spec.init) => parameter(spec.name, spec.shape, init);
  const wrap =
    (make: Make, transform: WeightTransform): Make =>
    (init = spec.init) =>
      transform({ ...spec, init }, make);
  const make = transforms.reduceRight(wrap, raw);
  return transforms.length > 0 ? onceWhileStreaming(spec.name, make) : make();
}

/** While a network is evaluated part by part, its weights do not change: they are computed once. */
function onceWhileStreaming(name: string, make: () => Tensor): Tensor {
  const value = make();
  const streaming = activeTrace()?.streaming;
  if (!streaming) return value;
  const key = `${currentFrame(name).record.path}/${name}`;
  if (streaming.mode !== "open") return streaming.read(key);
  streaming.keep(key, value);
  return value;
}
