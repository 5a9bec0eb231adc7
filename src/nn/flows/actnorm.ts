import { assign, read, sizeOf, type Tensor, type Variable } from "../../tensor/index.ts";
import { checkChannels, perChannel } from "../channels.ts";
import { zeros } from "../initializers.ts";
import { layer, trainable } from "../scope.ts";
import type { Bijection } from "./bijection.ts";

/**
 * Activation normalisation: z = (x + b) ⊙ exp(s) with learned b and s per channel, log|det| = h·w·Σ s. With `initialize`, b and s
 * become those that give this minibatch mean 0 and variance 1. Kingma & Dhariwal 2018, arXiv:1807.03039, section 3.1.
 * Parameters `bias` and `log_scale` [C]; x [N, C, …].
 */
export function actnorm(): Bijection {
  const own = <T>(x: Tensor, body: (bias: Variable, logScale: Variable) => T): T => {
    const channels = checkChannels("actnorm", x);
    return layer("actnorm", () =>
      body(trainable("bias", [channels], zeros), trainable("log_scale", [channels], zeros)),
    );
  };
  return {
    forward: (x, { initialize = false } = {}) =>
      own(x, (bias, logScale) => {
        if (initialize) standardize(x, bias, logScale);
        const [b, s] = [read(bias), read(logScale)];
        const z = x.add(perChannel(b, x.rank)).mul(perChannel(s.exp(), x.rank));
        return { z, logDet: s.sum().mul(sizeOf(x.shape.slice(2))) };
      }),
    inverse: (z) =>
      own(z, (bias, logScale) =>
        z.mul(perChannel(read(logScale).neg().exp(), z.rank)).sub(perChannel(read(bias), z.rank)),
      ),
  };
}

/** A channel that never changes keeps a finite scale. */
const smallest = 1e-6;

function standardize(x: Tensor, bias: Variable, logScale: Variable): void {
  const axes = x.shape.map((_, i) => i).filter((i) => i !== 1);
  assign(bias, x.mean(axes).neg());
  assign(logScale, x.std(axes, { correction: 0 }).add(smallest).log().neg());
}
