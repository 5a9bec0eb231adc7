/** A model that knows its training examples by heart: Gaussian kernels of width h on each, in whitened principal components. */
import type { Dataset } from "../../src/data/index.ts";
import { symmetricEigen } from "../../src/math/numeric/index.ts";
import type { Features } from "../../src/metrics/features.ts";
import { kernelLogDensities } from "../../src/metrics/likelihood/parzen-window.ts";
import { originality } from "../../src/metrics/originality/originality.ts";
import type { Products } from "../../src/metrics/products.ts";
import type { Measured } from "../../src/metrics/protocol.ts";
import { createStream, deriveKey, fillIntegers } from "../../src/tensor/random/index.ts";

/** These pictures of a set of 28×28, padded to 32×32 and pooled by 4×4 means; pixels in [0, 1]. */
export function pooledTo8(set: Dataset, indices: Int32Array): Features {
  const [side, count] = [28, indices.length];
  const pixels = new Float32Array(count * side * side);
  set.read(indices, pixels);
  const data = new Float64Array(count * 64);
  pixels.forEach((v, at) => {
    const i = Math.floor(at / side / side);
    const [y, x] = [Math.floor(at / side) % side, at % side].map((place) => (place! + 2) >> 2) as [
      number,
      number,
    ];
    data[i * 64 + y * 8 + x]! += (v + 1) / 2 / 16;
  });
  return { data, count, dimensions: 64 };
}

export interface Whitened {
  readonly train: Features;
  readonly test: Features;
  /** Share of the variance in the first k components. */
  readonly explained: number;
}

/** Both sets in the first k principal components of the first one, each with variance 1 there. */
export function whitened(train: Features, test: Features, k: number): Whitened {
  const d = train.dimensions;
  const mean = new Float64Array(d);
  train.data.forEach((v, at) => {
    mean[at % d]! += v / train.count;
  });
  const covariance = new Float64Array(d * d);
  for (let i = 0; i < train.count; i++) {
    for (let a = 0; a < d; a++) {
      for (let b = 0; b <= a; b++) {
        const product = (train.data[i * d + a]! - mean[a]!) * (train.data[i * d + b]! - mean[b]!);
        covariance[a * d + b]! += product / (train.count - 1);
      }
    }
  }
  const { values, vectors } = symmetricEigen(covariance, d);
  const explained = values.subarray(0, k).reduce((a, b) => a + b, 0) / values.reduce((a, b) => a + b, 0);
  return { train: project(train), test: project(test), explained };

  function project({ data, count }: Features): Features {
    const out = new Float64Array(count * k);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < k; j++) {
        let sum = 0;
        for (let a = 0; a < d; a++) sum += (data[i * d + a]! - mean[a]!) * vectors[j * d + a]!;
        out[i * k + j] = sum / Math.sqrt(values[j]!);
      }
    }
    return { data: out, count, dimensions: k };
  }
}

export interface Memory {
  readonly h: number;
  /** Mean log-likelihoods, nats: the training examples are among the kernels. */
  readonly train: number;
  readonly test: number;
  readonly samples: Features;
  readonly copying: readonly Measured[];
}

/** The model of width h: its likelihoods, 1,000 samples, and how original they are. */
export async function memorise(
  train: Features,
  test: Features,
  h: number,
  products: Products,
): Promise<Memory> {
  const mean = async (set: Features): Promise<number> => {
    const [nats] = await kernelLogDensities(set, train, { products, bandwidths: [h] });
    return nats!.reduce((a, b) => a + b, 0) / nats!.length;
  };
  const [count, d] = [1000, train.dimensions];
  const chosen = fillIntegers(new Int32Array(count), deriveKey("memorise", h), { low: 0, high: train.count });
  const noise = createStream(deriveKey("memorise", h, "noise")).normal(new Float32Array(count * d));
  const data = Float64Array.from(
    noise,
    (e, at) => train.data[Number(chosen[Math.floor(at / d)]) * d + (at % d)]! + h * e,
  );
  const samples = { data, count, dimensions: d };
  const { measured } = await originality(
    { training: train, heldOut: test, generated: samples },
    { products, seed: 1, permutations: 99 },
  );
  return { h, train: await mean(train), test: await mean(test), samples, copying: measured };
}
