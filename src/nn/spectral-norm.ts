import {
  assign,
  div,
  matmul,
  maximum,
  mul,
  permute,
  read,
  reshape,
  sizeOf,
  sqrt,
  square,
  stopGradient,
  sum,
  type Tensor,
  type WeightSpec,
  type WeightTransform,
} from "../tensor/index.ts";
import { normal } from "./initializers.ts";
import { isTraining } from "./mode.ts";
import { state } from "./scope.ts";

export type SpectralNormOptions = {
  /** Power iterations per call in training (default 1). */
  iterations?: number;
  /** Smallest length that is divided by (default 1e-12). */
  eps?: number;
};

/**
 * W / σ(W), σ the largest singular value of W as a matrix [outputs, inputs], by power iteration; the layer is
 * then 1-Lipschitz up to the estimate's error. Miyato et al. 2018, arXiv:1802.05957, Algorithm 1:
 *   v ← Wᵀu / ‖Wᵀu‖,  u ← Wv / ‖Wv‖,  σ = uᵀWv, differentiated with u and v fixed.
 * Only u is kept, as in the paper: in use, σ = ‖Wᵀu‖ = uᵀWv for the v that belongs to the stored u, so a
 * network that was never trained has a sensible σ too. A call in training updates u, once per call as PyTorch
 * does.
 */
export const spectralNorm: WeightTransform = (spec, make) => spectral(spec, make(), {});

/** `spectralNorm` with other options: `withWeights(spectralNormWith({ iterations: 3 }), …)`. */
export function spectralNormWith(options: SpectralNormOptions): WeightTransform {
  return (spec, make) => spectral(spec, make(), options);
}

function spectral(spec: WeightSpec, w: Tensor, { iterations = 1, eps = 1e-12 }: SpectralNormOptions): Tensor {
  return div(w, spectralRadius(spec, w, iterations, eps));
}

function spectralRadius(spec: WeightSpec, w: Tensor, iterations: number, eps: number): Tensor {
  const matrix = outputRows(w, spec.outputAxis);
  const fixed = stopGradient(matrix);
  const outputs = matrix.shape[0]!;
  const memory = state(`${spec.name}_u`, [outputs], normal());
  const unit = (x: Tensor): Tensor => div(x, maximum(sqrt(sum(square(x))), eps));
  // The stored u starts as normal numbers, whose length is not yet 1.
  let u = unit(reshape(stopGradient(read(memory)), [1, outputs]));
  let v = unit(matmul(u, fixed));
  if (isTraining("spectralNorm")) {
    for (let i = 0; i < iterations; i++) {
      if (i > 0) v = unit(matmul(u, fixed));
      u = unit(reshape(matmul(fixed, reshape(v, [v.size, 1])), [1, outputs]));
    }
    assign(memory, reshape(u, [outputs]));
  }
  return sum(mul(matmul(stopGradient(u), matrix), stopGradient(v)));
}

/** A weight as the matrix [outputs, everything else]. */
function outputRows(w: Tensor, outputAxis: number): Tensor {
  const rest = w.shape.map((_, i) => i).filter((i) => i !== outputAxis);
  const moved = permute(w, [outputAxis, ...rest]);
  return reshape(moved, [w.shape[outputAxis]!, sizeOf(moved.shape.slice(1))]);
}
