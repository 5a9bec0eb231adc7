/** Columns of mean 0 and deviation 1, by the statistics of a training set. */
import type { Features } from "../features.ts";

export type Standardize = (features: Features) => Features & { readonly data: Float64Array };

/** Learns means and deviations (over n) of the columns; a constant column is only centred. */
export function standardizer({ data, count, dimensions: d }: Features): Standardize {
  const mean = new Float64Array(d);
  const scale = new Float64Array(d);
  for (let i = 0; i < count; i++) for (let c = 0; c < d; c++) mean[c]! += data[i * d + c]! / count;
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < d; c++) scale[c]! += (data[i * d + c]! - mean[c]!) ** 2 / count;
  }
  for (let c = 0; c < d; c++) scale[c] = scale[c]! > 0 ? 1 / Math.sqrt(scale[c]!) : 1;
  return (features) => ({
    ...features,
    data: Float64Array.from(features.data, (v, i) => (v - mean[i % d]!) * scale[i % d]!),
  });
}
