import { stat } from "node:fs/promises";
import type { Dataset } from "../../data/dataset.ts";
import { UserError } from "../../tensor/index.ts";
import { type ClassifierOptions, classifierExtractor } from "./classifier-run.node.ts";
import type { FeatureExtractor } from "./extractor.ts";
import { onnxExtractor } from "./onnx-file.node.ts";
import { pixelExtractor } from "./pixels.ts";

/**
 * The extractor that `spec` names, for examples like those of `data`: "pixels", a path that ends in .onnx (with its sidecar
 * beside it), or the run of a classifier by its folder or its name under runs/.
 * Throws (UserError) where there is none of that name, or it does not take such examples.
 */
export async function openExtractor(
  spec: string,
  data: Pick<Dataset, "kind" | "shape">,
  options: ClassifierOptions = {},
): Promise<FeatureExtractor> {
  if (spec === "pixels") return pixelExtractor(data.shape);
  const { threads } = options;
  const folder = (await stat(spec).catch(() => undefined))?.isDirectory() ?? false;
  if (!folder && /\.onnx$/i.test(spec)) {
    if (data.kind === "points") {
      throw new UserError(
        `${spec} takes pictures, but these examples are points [${data.shape.join(", ")}]; use pixels for them, which takes their coordinates.`,
      );
    }
    return await onnxExtractor(spec, threads === undefined ? {} : { threads });
  }
  const extractor = await classifierExtractor(spec, options);
  try {
    const empty = new Float32Array(data.shape.reduce((a, b) => a * b, 1));
    await extractor.extract(empty, 1, [1, ...data.shape]); // tells a misfit now, before samples are made
    return extractor;
  } catch (error) {
    await extractor.dispose();
    throw error;
  }
}
