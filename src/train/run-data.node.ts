import type { Splits } from "../data/dataset.ts";
import { UserError } from "../tensor/index.ts";
import type { OpenRun } from "./open-run.node.ts";

/**
 * The data of a run as it was loaded for training, or other data (`spec`) brought to the same size and channels.
 * Throws (UserError) where its examples have another shape than the run's.
 */
export async function runData(run: OpenRun, spec?: string): Promise<Splits> {
  const { loadData } = await import("../data/load-data.node.ts");
  const { data: own } = run.manifest;
  const channels = run.spec.shape[0];
  const splits = await loadData(spec ?? own.spec, {
    ...(own.seed !== undefined && { seed: own.seed }),
    ...(own.size !== undefined && { size: own.size }),
    ...(own.levels !== undefined && { levels: own.levels }),
    ...(run.spec.kind === "image" && (channels === 1 || channels === 3) && { channels }),
  });
  const { name, shape } = splits.test ?? splits.train;
  if (shape.join() !== run.spec.shape.join()) {
    throw new UserError(
      `${name} has examples [${shape.join(", ")}], but the model was trained on [${run.spec.shape.join(", ")}]; name data of that shape.`,
    );
  }
  return splits;
}
