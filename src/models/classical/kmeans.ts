/**
 * K-means clustering. Lloyd 1957, published 1982, "Least squares quantization in PCM", doi:10.1109/TIT.1982.1056489; started as
 * in Arthur & Vassilvitskii 2007, "k-means++: the advantages of careful seeding".
 *
 *   minimise J = Σᵢ ‖xᵢ − c_{k(i)}‖²                                  the inertia
 *   k(i) = argminₖ ‖xᵢ − cₖ‖²,  then cₖ = the mean of its xᵢ        Lloyd: neither step raises J
 *   c₁ any xᵢ, each further one xᵢ with probability ∝ its squared distance to the nearest so far     k-means++
 *
 * The code of x is its cluster as a one-hot vector, and decoding gives the cluster's centre (vector quantisation). A sample is a
 * centre, drawn by the cluster's share. Where the data has classes, a cluster votes for them by the labels of its members.
 */
import { z as schema } from "zod";
import { kMeans, squaredDistances } from "../../math/index.ts";
import { estimate } from "../../nn/index.ts";
import { categorical, flatten, oneHot, read, sizeOf, type Tensor } from "../../tensor/index.ts";
import { defineModel } from "../model.ts";

export const kmeans = defineModel({
  name: "kmeans",
  title: "K-means clustering",
  family: "classical",
  paper: "doi:10.1109/TIT.1982.1056489",
  data: ["image", "points"],
  pictures: { largest: 64 },
  options: schema.object({
    clusters: schema.int().positive().default(10).describe("K"),
  }),
  training: { batch: 128, steps: 100 },
  presets: { tiny: { options: { clusters: 3 }, training: { batch: 128, steps: 5 } } },

  build({ clusters }, { shape, classes }) {
    const d = sizeOf(shape);
    const centers = estimate("kmeans/centers", [clusters, d]);
    const logShares = estimate("kmeans/log-shares", [clusters]);
    const votes = classes === undefined ? undefined : estimate("kmeans/votes", [clusters, classes]);

    const encode = (x: Tensor): Tensor =>
      oneHot(squaredDistances(flatten(x), read(centers)).argmin(-1), clusters);
    const decode = (code: Tensor): Tensor => code.matmul(read(centers)).reshape([-1, ...shape]);

    return {
      phases: [],
      async *fit({ iterations = 100, seed, y, ...data }) {
        const rows = { ...data, data: data.x };
        let result = kMeans(rows, { k: clusters, seed, iterations: 0 }); // k-means++
        for (let i = 0; i < iterations; i++) {
          const { centers: c, labels, counts, inertias, converged } = result;
          const variables = new Map([
            [centers, c],
            [logShares, Float64Array.from(counts, (n) => Math.log(Math.max(n, 1e-9) / rows.count))],
          ]);
          if (votes && y) variables.set(votes, votesOf(labels, y));
          yield { logged: { inertia: inertias.at(-1)! / rows.count }, variables };
          if (converged) return;
          result = kMeans(rows, { k: clusters, start: c, iterations: 1 });
        }
      },
      sample: (n) => decode(oneHot(categorical(read(logShares), { shape: [n] }), clusters)),
      encode,
      decode,
      reconstruct: (x) => decode(encode(x)),
      ...(votes && { classify: (x: Tensor) => encode(x).matmul(read(votes)) }),
    };

    /** log p(class | cluster) from the labels of the members, one vote for each class beforehand. */
    function votesOf(clusterOf: Int32Array, y: Int32Array): Float64Array {
      const counts = new Float64Array(clusters * classes!).fill(1);
      clusterOf.forEach((cluster, i) => {
        counts[cluster * classes! + y[i]!]!++;
      });
      return counts.map((n, at) => {
        const own = Math.floor(at / classes!) * classes!;
        return Math.log(n / counts.subarray(own, own + classes!).reduce((a, b) => a + b, 0));
      });
    }
  },
});
