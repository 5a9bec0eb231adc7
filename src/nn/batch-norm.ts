import {
  add,
  assign,
  formatShape,
  mul,
  read,
  reshape,
  rsqrt,
  type Shape,
  stopGradient,
  sub,
  type Tensor,
  UserError,
  type Variable,
} from "../tensor/index.ts";
import { checkChannels, perChannel } from "./channels.ts";
import { dense } from "./dense.ts";
import { embedding } from "./embedding.ts";
import { type Initializer, ones, zeros } from "./initializers.ts";
import { isTraining } from "./mode.ts";
import { normalize } from "./normalize.ts";
import { layer, parameter, state } from "./scope.ts";

export type BatchNormOptions = {
  /** Weight of the newest batch in the running statistics (default 0.1). */
  momentum?: number;
  eps?: number;
  /** Whether to learn γ and β (default true). */
  affine?: boolean;
};

/**
 * Batch normalisation over all axes but the channels (axis 1): in training with the batch's mean and
 * variance, in use with their running averages r ← (1 − momentum)·r + momentum·batch, whose variance is the
 * unbiased one.
 * Ioffe & Szegedy 2015, arXiv:1502.03167; defaults and running statistics as in PyTorch.
 * Parameters `weight` (γ) and `bias` (β) [C]; states `running_mean` and `running_var` [C].
 * Throws where the function was compiled without { training }.
 */
export function batchNorm(x: Tensor, options: BatchNormOptions = {}): Tensor {
  const channels = checkChannels("batchNorm", x);
  return layer("batchNorm", () => {
    if (options.affine === false) return standardize(x, options);
    const scale = perChannel(parameter("weight", [channels], ones), x.rank);
    const shift = perChannel(parameter("bias", [channels], zeros), x.rank);
    return standardize(x, options, scale, shift);
  });
}

export type ConditionalBatchNormOptions = Omit<BatchNormOptions, "affine"> & {
  /** Number of classes, where the condition is a class index for each example. */
  classes?: number;
};

/**
 * Batch normalisation whose γ and β depend on a condition per example. With integer classes [N] they are
 * looked up in two tables [classes, C], which start as ones and zeros: Dumoulin et al. 2017,
 * arXiv:1610.07629, and Miyato & Koyama 2018, arXiv:1802.05637. With a float vector [N, E] they are linear in
 * it, γ = 1 + W_γ·e and β = W_β·e: Brock et al.
 * 2019 (BigGAN), arXiv:1809.11096.
 */
export function conditionalBatchNorm(
  x: Tensor,
  condition: Tensor,
  { classes, ...options }: ConditionalBatchNormOptions = {},
): Tensor {
  const channels = checkChannels("conditionalBatchNorm", x);
  const vector = condition.rank === 2 && condition.dtype === "float32";
  const index = condition.rank === 1 && (condition.dtype === "int32" || condition.dtype === "int64");
  if (!(vector || (index && classes)) || condition.shape[0] !== x.shape[0]) {
    throw new UserError(
      `conditionalBatchNorm: the condition is ${condition.dtype}${formatShape(condition.shape)} for ${formatShape(x.shape)}, expected integer classes [N] with { classes: K }, or float32 [N, features].`,
    );
  }
  return layer("conditionalBatchNorm", () => {
    const shape = [x.shape[0]!, channels, ...new Array<number>(x.rank - 2).fill(1)];
    const linear = (): Tensor => dense(condition, channels, { bias: false });
    const table = (init: Initializer): Tensor => embedding(condition, classes!, channels, { init });
    const scale = vector ? add(linear(), 1) : table(ones);
    const shift = vector ? linear() : table(zeros);
    return standardize(x, options, reshape(scale, shape), reshape(shift, shape));
  });
}

function standardize(
  x: Tensor,
  { momentum = 0.1, eps = 1e-5 }: BatchNormOptions,
  scale?: Tensor,
  shift?: Tensor,
): Tensor {
  const channels = x.shape[1]!;
  const runningMean = state("running_mean", [channels], zeros);
  const runningVar = state("running_var", [channels], ones);
  if (!isTraining("batchNorm")) {
    const r = rsqrt(add(perChannel(read(runningVar), x.rank), eps));
    return affineOf(x, perChannel(read(runningMean), x.rank), scale ? mul(r, scale) : r, shift);
  }
  const axes = x.shape.map((_, i) => i).filter((i) => i !== 1);
  const count = x.size / channels;
  if (count < 2) {
    throw new UserError(
      `batchNorm: ${formatShape(x.shape)} has one value per channel, whose variance is 0; train with more than one example.`,
    );
  }
  const { y, mean, variance } = normalize(x, axes, { eps, scale, shift });
  follow(runningMean, mean, momentum);
  follow(runningVar, mul(variance, count / (count - 1)), momentum);
  return y;
}

/** (x − mean)·factor + shift as x·factor + (shift − mean·factor): two passes over x instead of three. */
function affineOf(x: Tensor, mean: Tensor, factor: Tensor, shift: Tensor | undefined): Tensor {
  const offset = mul(mean, factor);
  return shift ? add(mul(x, factor), sub(shift, offset)) : sub(mul(x, factor), offset);
}

function follow(running: Variable, batch: Tensor, momentum: number): void {
  const shape: Shape = running.shape;
  const newest = reshape(stopGradient(batch), shape);
  assign(running, add(mul(read(running), 1 - momentum), mul(newest, momentum)));
}
