import {
  add,
  assign,
  div,
  mul,
  read,
  reshape,
  rsqrt,
  type Shape,
  sizeOf,
  sqrt,
  square,
  stridesOf,
  sub,
  sum,
  type Tensor,
  UserError,
  type WeightTransform,
} from "../tensor/index.ts";
import type { Initializer } from "./initializers.ts";
import { normalize } from "./normalize.ts";
import { currentFrame, parameter } from "./scope.ts";

/**
 * W = g · v / ‖v‖, one g per output unit: length and direction learn apart. Salimans & Kingma 2016,
 * arXiv:1602.07868, equation 2. g starts as the lengths of another draw from the layer's initialiser, so that
 * the first W has the law the initialiser gives (exactly for normal ones, whose length and direction are
 * independent); PyTorch takes v's own lengths.
 */
export const weightNorm: WeightTransform = (spec, make) => {
  const v = make();
  const axes = spec.shape.map((_, i) => i).filter((i) => i !== spec.outputAxis);
  const kept = spec.shape.map((d, i) => (i === spec.outputAxis ? d : 1));
  const g = parameter(`${spec.name}_g`, kept, unitLengths(spec.init, spec.shape, spec.outputAxis));
  return mul(v, div(g, sqrt(sum(square(v), axes, { keepdims: true }))));
};

/**
 * Data-dependent initialisation of the current layer with weight normalisation: assigns g and the bias so that its outputs y
 * [N, C, …] have mean 0 and standard deviation `scale` in every channel, and returns them so. Salimans & Kingma 2016, section 3:
 *   t = (v/‖v‖)·x,  g ← scale/σ[t],  b ← −μ[t]·scale/σ[t]
 */
export function standardizeOutputs(y: Tensor, scale: number): Tensor {
  const { record } = currentFrame("standardizeOutputs");
  const [g, bias] = ["weight_g", "bias"].map((name) =>
    record.variables.find((variable) => variable.name === `${record.path}/${name}`),
  );
  if (!g || !bias) {
    throw new UserError(
      `${record.path}: only a layer with weightNorm and a bias can be initialised from data.`,
    );
  }
  const axes = y.shape.map((_, i) => i).filter((i) => i !== 1);
  const { mean, variance, y: standard } = normalize(y, axes, { eps });
  const factor = mul(rsqrt(add(variance, eps)), scale);
  assign(g, mul(read(g), reshape(factor, g.shape)));
  assign(bias, mul(sub(read(bias), reshape(mean, bias.shape)), reshape(factor, bias.shape)));
  return mul(standard, scale);
}
/** A channel that never changes keeps a finite scale. */
const eps = 1e-6;

function unitLengths(init: Initializer, shape: Shape, outputAxis: number): Initializer {
  return (_, random) => {
    const draw = init(shape, random);
    const stride = stridesOf(shape)[outputAxis]!;
    const lengths = new Float64Array(shape[outputAxis]!);
    for (let i = 0; i < sizeOf(shape); i++) {
      lengths[Math.floor(i / stride) % lengths.length]! += draw[i]! ** 2;
    }
    return Float32Array.from(lengths, Math.sqrt);
  };
}
