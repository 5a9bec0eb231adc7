import { frechetInfinity } from "./frechet-infinity.ts";
import type { SampleMetric } from "./metric.ts";
import { createProducts } from "./products.ts";

const points = 15;

/** FID, and beside it FID∞: the last of the distances that FID∞ is read from is that of all examples. */
export const frechetDistanceMetric: SampleMetric = {
  name: "fid",
  title: "Fréchet distance (FID)",
  convention:
    "covariances over n − 1, float64, trace of the root as a nuclear norm; FID∞ linear in 1/n, real examples fixed",
  needs: "features",
  least: 12,
  settings: { points },
  async measure({ real, fake, runtime, seed, onProgress }) {
    const products = createProducts(runtime);
    const result = await frechetInfinity(real, fake, {
      products,
      seed,
      points,
      ...(onProgress && { onProgress }),
    });
    const { value: limit, standardError, sizes, distances } = result;
    const value = distances.at(-1)!;
    return [
      {
        name: "fid",
        value,
        better: "lower",
        note: `About ${(value - limit).toPrecision(2)} of it is the bias of ${fake.count} generated examples${singular(fake)}.`,
        details: { bias: value - limit, sizes, distances },
      },
      {
        name: "fid∞",
        value: limit,
        standardError,
        better: "lower",
        note: "Extrapolated to infinitely many generated examples; the bias of the finite real set remains. ± is of the fitted line; fresh samples spread about twice as much.",
      },
    ];
  },
};

/** Said of the covariance where it has no full rank: the bias is then no longer a line in 1/n. */
function singular({ count, dimensions }: { count: number; dimensions: number }): string {
  return count > dimensions
    ? ""
    : `, too few for ${dimensions} features: read it as a lower bound of the bias`;
}
