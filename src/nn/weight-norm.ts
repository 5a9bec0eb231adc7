import {
  div,
  mul,
  type Shape,
  sizeOf,
  sqrt,
  square,
  stridesOf,
  sum,
  type WeightTransform,
} from "../tensor/index.ts";
import type { Initializer } from "./initializers.ts";
import { parameter } from "./scope.ts";

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
