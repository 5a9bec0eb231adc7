/**
 * First values of parameters: functions of (shape, random) that return the numbers, with the names of the literature.
 *
 * Fans follow the layouts of Imago's layers: a dense weight is [in, out] (y = x·W + b), a convolution's is
 * [out, in/groups, …kernel], a transposed convolution's [in, out/groups, …kernel] – pass `transposed: true` for that one.
 */
import { formatShape, type Shape, sizeOf, UserError } from "../tensor/index.ts";
import type { RandomStream } from "../tensor/random/index.ts";

/** First values of a parameter of the given shape. */
export interface Initializer {
  (shape: Shape, random: RandomStream): Float32Array;
  /** Nobody keeps the array: the engine may take its memory and need not copy it. */
  readonly fresh?: true;
}

/** The initializer, known to make a new array in each call. */
const fresh = (init: Initializer): Initializer =>
  Object.assign((shape: Shape, random: RandomStream) => init(shape, random), { fresh: true } as const);

export type FanOptions = {
  /** The weight belongs to a transposed convolution, [in, out/groups, …kernel]. */
  transposed?: boolean;
};

/** Numbers of inputs that one output sums over, and of outputs that one input reaches. */
export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/**
 * Fans of a weight. [in, out]: in and out. [out, in/g, …k]: fanIn = in/g · Πk, fanOut = out · Πk. Transposed
 * [in, out/g, …k]: fanIn = in · Πk, fanOut = out/g · Πk. As in every framework, stride is left out, and groups are on
 * one side. A shape with fewer than two axes has no fans and throws.
 */
export function fans(shape: Shape, { transposed = false }: FanOptions = {}): Fans {
  if (shape.length < 2) {
    throw new UserError(
      `fans: a parameter ${formatShape(shape)} has no fan-in and fan-out; use zeros, constant, normal or uniform for biases and scales.`,
    );
  }
  const taps = sizeOf(shape.slice(2));
  const [first, second] = [shape[0]! * taps, shape[1]! * taps];
  return shape.length === 2 || transposed
    ? { fanIn: first, fanOut: second }
    : { fanIn: second, fanOut: first };
}

/** 0. */
export const zeros: Initializer = fresh((shape) => new Float32Array(sizeOf(shape)));

/** 1. */
export const ones: Initializer = fresh((shape) => new Float32Array(sizeOf(shape)).fill(1));

/** `value` everywhere. */
export const constant = (value: number): Initializer =>
  fresh((shape) => new Float32Array(sizeOf(shape)).fill(value));

/** N(mean, std²); default N(0, 1). DCGAN uses std 0.02. */
export const normal = ({ mean = 0, std = 1 }: { mean?: number; std?: number } = {}): Initializer =>
  fresh((shape, random) => random.normal(new Float32Array(sizeOf(shape))).map((z) => mean + std * z));

/** U(low, high); default U(0, 1). */
export const uniform = ({ low = 0, high = 1 }: { low?: number; high?: number } = {}): Initializer =>
  fresh((shape, random) =>
    random.uniform(new Float32Array(sizeOf(shape))).map((u) => low + (high - low) * u),
  );

/**
 * N(mean, std²) conditioned on |x − mean| ≤ cut · std (default 2), by rejection. `std` is that of the normal before the
 * cut, as in TensorFlow and JAX: at cut = 2 the numbers' own deviation is 0.88·std.
 */
export function truncatedNormal({
  mean = 0,
  std = 1,
  cut = 2,
}: {
  mean?: number;
  std?: number;
  cut?: number;
} = {}): Initializer {
  if (!(cut >= 0.01)) {
    throw new UserError(`truncatedNormal: cut is ${cut}, expected at least 0.01 standard deviations.`);
  }
  return fresh((shape, random) => {
    const out = new Float32Array(sizeOf(shape));
    for (let filled = 0; filled < out.length; ) {
      for (const z of random.normal(new Float32Array(out.length - filled))) {
        if (Math.abs(z) <= cut) out[filled++] = mean + std * z;
      }
    }
    return out;
  });
}

/** N or U with mean 0 and the variance that `variance` computes from the fans. */
function scaled(
  law: "normal" | "uniform",
  variance: (fans: Fans) => number,
  options: FanOptions,
): Initializer {
  return fresh((shape, random) => {
    const std = Math.sqrt(variance(fans(shape, options)));
    const bound = Math.sqrt(3) * std;
    const init = law === "normal" ? normal({ std }) : uniform({ low: -bound, high: bound });
    return init(shape, random);
  });
}

type GainOptions = FanOptions & { gain?: number };
const glorotVariance =
  (gain: number) =>
  ({ fanIn, fanOut }: Fans): number =>
    (2 * gain * gain) / Math.max(1, fanIn + fanOut);

/** U(±gain·√(6/(fanIn + fanOut))). Glorot & Bengio 2010, equation 16. */
export const glorotUniform = ({ gain = 1, ...options }: GainOptions = {}): Initializer =>
  scaled("uniform", glorotVariance(gain), options);

/** N(0, gain²·2/(fanIn + fanOut)). Glorot & Bengio 2010, equation 12. */
export const glorotNormal = ({ gain = 1, ...options }: GainOptions = {}): Initializer =>
  scaled("normal", glorotVariance(gain), options);

export type HeOptions = FanOptions & {
  /** Keep the variance of activations ("fanIn", default) or that of gradients ("fanOut"). */
  mode?: "fanIn" | "fanOut";
  /** Slope a of the leaky ReLU that follows; 0 is ReLU. */
  slope?: number;
};
const heVariance =
  ({ mode = "fanIn", slope = 0 }: HeOptions) =>
  (both: Fans): number =>
    2 / (1 + slope * slope) / Math.max(1, both[mode]);

/** U(±√(6/((1 + a²)·fan))). He et al. 2015, arXiv:1502.01852, equation 15, as a uniform law. */
export const heUniform = (options: HeOptions = {}): Initializer =>
  scaled("uniform", heVariance(options), options);

/** N(0, 2/((1 + a²)·fan)). He et al. 2015, arXiv:1502.01852, equations 10 and 15. */
export const heNormal = (options: HeOptions = {}): Initializer =>
  scaled("normal", heVariance(options), options);

/** N(0, 1/fanIn). LeCun et al. 1998, "Efficient BackProp", equation 16; the right one for SELU. */
export const lecunNormal = (options: FanOptions = {}): Initializer =>
  scaled("normal", ({ fanIn }) => 1 / Math.max(1, fanIn), options);

/**
 * U(±1/√fanIn), PyTorch's default for Linear and Conv. For ConvTranspose PyTorch counts out/groups · Πk as the fan-in, and
 * so does this (without `transposed`): the layouts of both convolutions give the same formula, Π shape[1…].
 */
export const torchDefault = (options: FanOptions = {}): Initializer =>
  scaled("uniform", ({ fanIn }) => 1 / (3 * Math.max(1, fanIn)), options);

/**
 * gain · Q with Q uniform (Haar) among the matrices with orthonormal rows, or columns if there are more rows than columns.
 * A weight with more axes is the matrix [shape[0], rest]. Saxe et al. 2014, arXiv:1312.6120. Takes min²·max
 * multiplications: about a second for 1024×1024.
 */
export const orthogonal =
  ({ gain = 1 }: { gain?: number } = {}): Initializer =>
  (shape, random) => {
    if (shape.length < 2) {
      throw new UserError(
        `orthogonal: a parameter ${formatShape(shape)} is no matrix; use it for weights of two or more axes.`,
      );
    }
    const [rows, columns] = [shape[0]!, sizeOf(shape.slice(1))];
    const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
    const vectors = Array.from({ length: count }, () =>
      Float64Array.from(random.normal(new Float32Array(length))),
    );
    orthonormalize(vectors);
    return Float32Array.from({ length: rows * columns }, (_, at) => {
      const [i, j] = [Math.floor(at / columns), at % columns];
      return gain * (rows <= columns ? vectors[i]![j]! : vectors[j]![i]!);
    });
  };

/**
 * Modified Gram–Schmidt, in place. A vector that loses more than half its length is projected again, which makes it
 * orthogonal to rounding (Kahan's "twice is enough"; Parlett 1980, section 6.9).
 */
function orthonormalize(vectors: readonly Float64Array[]): void {
  vectors.forEach((v, i) => {
    let before = Math.sqrt(dot(v, v));
    for (;;) {
      for (let k = 0; k < i; k++) subtractProjection(v, vectors[k]!);
      const after = Math.sqrt(dot(v, v));
      if (after > 0.5 * before) break;
      before = after;
    }
    const inverse = 1 / Math.sqrt(dot(v, v));
    for (let j = 0; j < v.length; j++) v[j]! *= inverse;
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}

function subtractProjection(v: Float64Array, unit: Float64Array): void {
  const along = dot(v, unit);
  for (let j = 0; j < v.length; j++) v[j]! -= along * unit[j]!;
}

/**
 * The layer that changes nothing: ones on the diagonal of [in, out], or at the middle tap of channel i → i of a
 * convolution [out, in/groups, …k] with one group and odd kernels (PyTorch's dirac_).
 */
export const identity =
  ({ gain = 1 }: { gain?: number } = {}): Initializer =>
  (shape) => {
    if (shape.length < 2) {
      throw new UserError(`identity: a parameter ${formatShape(shape)} has no diagonal; use it for weights.`);
    }
    const kernel = shape.slice(2);
    const middle = kernel.reduce((at, size) => at * size + Math.floor(size / 2), 0);
    const out = new Float32Array(sizeOf(shape));
    for (let i = 0; i < Math.min(shape[0]!, shape[1]!); i++) {
      out[(i * shape[1]! + i) * sizeOf(kernel) + middle] = gain;
    }
    return out;
  };
