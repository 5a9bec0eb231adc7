/** Layers that let a discriminator see how much the examples of a batch differ. */
import {
  abs,
  add,
  concat,
  exp,
  expand,
  formatShape,
  matmul,
  mean,
  neg,
  reshape,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  UserError,
} from "../tensor/index.ts";
import { fanInUniform } from "./dense.ts";
import type { Initializer } from "./initializers.ts";
import { layer } from "./scope.ts";
import { type WeightOptions, weight } from "./weights.ts";

export type MinibatchDiscriminationOptions = WeightOptions & {
  /** Numbers added to each example (B of the paper). */
  features: number;
  /** Size of the vectors that are compared (C of the paper). */
  dims: number;
  init?: Initializer;
};

/**
 * Minibatch discrimination: x [N, A] → [N, A + features], with M_i = x_i·T [features, dims] and
 *   o(x_i)_b = Σ_j exp(−‖M_ib − M_jb‖₁), j over the whole batch (j = i adds 1).
 * Salimans et al. 2016, arXiv:1606.03498, section 3.2. Memory grows with N².
 */
export function minibatchDiscrimination(x: Tensor, options: MinibatchDiscriminationOptions): Tensor {
  const { features, dims, weights } = options;
  if (x.rank !== 2) {
    throw new UserError(
      `minibatchDiscrimination: got ${formatShape(x.shape)}, expected [N, features]; flatten(x) first.`,
    );
  }
  const [n, inputs] = x.shape as [number, number];
  return layer("minibatchDiscrimination", () => {
    const init = options.init ?? fanInUniform(inputs);
    const spec = { name: "weight", shape: [inputs, features * dims], init, outputAxis: 1, fanIn: inputs };
    const m = matmul(x, weight(spec, weights));
    const rows = reshape(m, [n, 1, features, dims]);
    const columns = reshape(m, [1, n, features, dims]);
    const closeness = exp(neg(sum(abs(sub(rows, columns)), 3)));
    return concat([x, sum(closeness, 1)], 1);
  });
}

/**
 * Minibatch standard deviation: appends to x [N, C, H, W] `features` channels (default 1) with the standard
 * deviation across groups of the batch, averaged over channels and positions. Karras et al. 2018 (Progressive
 * GAN), arXiv:1710.10196, section 3; groups of 4, as in the authors' code. N must be a multiple of the group.
 */
export function minibatchStdDev(
  x: Tensor,
  { group = 4, features = 1, eps = 1e-8 }: { group?: number; features?: number; eps?: number } = {},
): Tensor {
  const [n = 0, channels = 0, height = 0, width = 0] = x.shape;
  const size = Math.min(group, n);
  if (x.rank !== 4 || n % size !== 0 || channels % features !== 0) {
    throw new UserError(
      `minibatchStdDev: got ${formatShape(x.shape)} in groups of ${size} with ${features} feature(s), expected [N, C, H, W] with N a multiple of the group and C of the features.`,
    );
  }
  const groups = n / size;
  const grouped = reshape(x, [size, groups, features, channels / features, height, width]);
  const centred = sub(grouped, mean(grouped, 0, { keepdims: true }));
  const deviation = sqrt(add(mean(square(centred), 0, { keepdims: true }), eps));
  const average = mean(deviation, [3, 4, 5], { keepdims: true }); // [1, groups, features, 1, 1, 1]
  const each = reshape(expand(average, [size, groups, features, 1, 1, 1]), [n, features, 1, 1]);
  return concat([x, expand(each, [n, features, height, width])], 1);
}
