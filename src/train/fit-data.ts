/** All training examples as an estimator that looks at them directly wants them. */
import type { Dataset } from "../data/dataset.ts";
import { createProducts } from "../metrics/index.ts";
import type { FitData } from "../models/model.ts";
import { createRuntime } from "../runtime/index.ts";
import { sizeOf, UserError } from "../tensor/index.ts";

/** Numbers that are kept in memory at once: 2 GB of float32. */
const mostNumbers = 2 ** 29;
/** Rows in one matrix product. */
const block = 2048;

export interface FitDataOptions {
  readonly seed: number;
  readonly iterations?: number | undefined;
}

/** Reads all examples. Throws (UserError) where they do not fit into memory. */
export function fitData(data: Dataset, { seed, iterations }: FitDataOptions): FitData {
  const dimensions = sizeOf(data.shape);
  const count = data.length;
  if (count * dimensions > mostNumbers) {
    throw new UserError(
      `${data.name} has ${count} examples of ${dimensions} numbers, which a model without minibatches cannot hold; scale the pictures down by --size.`,
    );
  }
  const indices = Int32Array.from({ length: count }, (_, i) => i);
  const x = new Float32Array(count * dimensions);
  data.read(indices, x);
  const y = data.labels ? new Int32Array(count) : undefined;
  if (y) data.labels!(indices, y);
  return {
    ...{ count, dimensions, x, seed },
    ...(y && { y }),
    ...(iterations !== undefined && { iterations }),
    moments: () => moments(x, count, dimensions),
  };
}

async function moments(
  x: Float32Array,
  count: number,
  dimensions: number,
): Promise<{ mean: Float64Array; covariance: Float64Array }> {
  const mean = new Float64Array(dimensions);
  for (let i = 0; i < x.length; i++) mean[i % dimensions]! += x[i]!;
  for (let j = 0; j < dimensions; j++) mean[j]! /= count;
  const covariance = new Float64Array(dimensions * dimensions);
  const runtime = createRuntime({ device: "cpu" });
  try {
    const products = createProducts(runtime);
    for (let first = 0; first < count; first += block) {
      const rows = Math.min(block, count - first);
      const data = Float64Array.from(
        x.subarray(first * dimensions, (first + rows) * dimensions),
        (v, i) => v - mean[i % dimensions]!,
      );
      const centred = { data, count: rows, dimensions };
      const product = await products.inner(centred, centred);
      for (let i = 0; i < product.length; i++) covariance[i]! += product[i]! / count;
    }
  } finally {
    await runtime.dispose();
  }
  return { mean, covariance };
}
