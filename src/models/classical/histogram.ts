/**
 * Histogram, the first density estimate. Scott 1979, "On optimal and data-based histograms", doi:10.1093/biomet/66.3.605, for how it
 * errs: the squared error falls like n^(−2/(2+d)) at best, against n^(−4/(4+d)) of kernels.
 *
 *   p(x) = (n_b + α) / ((n + αB) V)   in the bin b of x, of B bins of volume V;  0 outside them
 *
 * The bins reach a tenth of the data's range beyond it on every side. A sample is a bin, drawn by its share, and a place in it.
 */
import { z as schema } from "zod";
import { estimate } from "../../nn/index.ts";
import {
  categorical,
  constant,
  gather,
  log,
  logicalAnd,
  read,
  type Tensor,
  UserError,
  uniform,
  where,
} from "../../tensor/index.ts";
import { defineModel } from "../model.ts";

/** How far the bins reach beyond the data, as a share of its range. */
const margin = 0.1;

export const histogram = defineModel({
  name: "histogram",
  title: "Histogram",
  family: "classical",
  paper: "doi:10.1093/biomet/66.3.605",
  data: ["points"],
  options: schema.object({
    bins: schema.int().positive().max(1000).default(50).describe("along each axis"),
    smoothing: schema
      .number()
      .positive()
      .default(0.1)
      .describe("α, added to the count of every bin, so that none is impossible"),
  }),
  training: { batch: 128 },
  presets: { tiny: { options: { bins: 8 } } },

  build({ bins, smoothing }, { shape }) {
    const d = shape[0]!;
    const B = bins ** d;
    if (d > 2) {
      throw new UserError(
        `histogram: points of ${d} dimensions would need ${bins}^${d} bins; use kde, or data of one or two dimensions.`,
      );
    }
    const logMasses = estimate("histogram/log-masses", [B]);
    const low = estimate("histogram/low", [d]);
    const width = estimate("histogram/width", [d], { first: 1 }); // of a bin
    /** Place of each bin along each axis, [B, d]: the last axis runs fastest. */
    const places = Float32Array.from(
      { length: B * d },
      (_, at) => Math.floor(Math.floor(at / d) / bins ** (d - 1 - (at % d))) % bins,
    );
    const strides = Array.from({ length: d }, (_, axis) => bins ** (d - 1 - axis));

    return {
      phases: [],
      async *fit({ x, count }) {
        const from = new Float64Array(d).fill(Number.POSITIVE_INFINITY);
        const to = new Float64Array(d).fill(Number.NEGATIVE_INFINITY);
        x.forEach((v, at) => {
          from[at % d] = Math.min(from[at % d]!, v);
          to[at % d] = Math.max(to[at % d]!, v);
        });
        const range = from.map((v, axis) => Math.max(1e-6, to[axis]! - v));
        const lows = Float32Array.from(from, (v, axis) => v - margin * range[axis]!);
        const widths = Float32Array.from(range, (v) => (v * (1 + 2 * margin)) / bins);
        const counts = new Float64Array(B).fill(smoothing);
        for (let i = 0; i < count; i++) {
          let bin = 0;
          for (let axis = 0; axis < d; axis++)
            bin += strides[axis]! * Math.floor((x[i * d + axis]! - lows[axis]!) / widths[axis]!);
          counts[bin]!++;
        }
        const masses = counts.map((n) => n / (count + smoothing * B));
        const volume = widths.reduce((a, b) => a * b, 1);
        const logLikelihood = counts.reduce(
          (sum, n, b) => sum + ((n - smoothing) / count) * Math.log(masses[b]! / volume),
          0,
        );
        const used = counts.filter((n) => n > smoothing).length;
        yield {
          logged: { "log-likelihood": logLikelihood, "bins in use": used },
          variables: new Map([
            [logMasses, masses.map(Math.log)],
            [low, Float64Array.from(lows)],
            [width, Float64Array.from(widths)],
          ]),
        };
      },
      sample(n) {
        const bin = gather(constant(places, [B, d]), categorical(read(logMasses), { shape: [n] }));
        return bin
          .add(uniform([n, d]))
          .mul(read(width))
          .add(read(low));
      },
      likelihood: "density",
      logProb(x) {
        const place = x.sub(read(low)).div(read(width)).floor(); // [N, d]
        const inside = logicalAnd(place.greaterEqual(0), place.less(bins)).cast("float32").min(-1);
        const index = place
          .clip(0, bins - 1)
          .mul(constant(strides))
          .sum(-1)
          .cast("int32");
        const nats = gather(read(logMasses), index).sub(log(read(width)).sum());
        return where(inside.greater(0), nats, outside(nats));
      },
    };
  },
});

/** log 0 in the shape of `nats`. */
const outside = (nats: Tensor): Tensor => log(nats.mul(0));
