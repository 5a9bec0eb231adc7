import { UserError } from "../../tensor/index.ts";
import { checkExamples, type FeatureExtractor } from "./extractor.ts";

/**
 * The examples themselves as features: pixels in [−1, 1], or coordinates, in the order of `shape` (of one example). Distances
 * between pixels say little about what pictures show; for points they are the right ones.
 */
export function pixelExtractor(shape: readonly number[]): FeatureExtractor {
  const dimensions = shape.reduce((a, b) => a * b, 1);
  return {
    name: "pixels",
    hash: "raw",
    kind: "pixels",
    dimensions,
    async extract(examples, n, given) {
      checkExamples("pixels", examples, n, given);
      if (given.slice(1).join() !== shape.join()) {
        throw new UserError(
          `pixels: got examples [${given.slice(1).join(", ")}], expected [${shape.join(", ")}] as the first were; scale all to one size by --size.`,
        );
      }
      return { features: examples };
    },
    dispose: async () => undefined,
  };
}
