import { normal, relu, softplus, type Tensor } from "../../tensor/index.ts";
import { conv2d } from "../conv.ts";
import { normal as normalInit, zeros } from "../initializers.ts";
import { sumPerExample } from "./per-example.ts";

export interface Dequantized {
  /** Pixels with noise: [N, C, H, W]. */
  readonly x: Tensor;
  /** log q(noise | pixels), nats in the units of x: [N]. */
  readonly logQ: Tensor;
}

/**
 * Learned noise of one grey level for pixels of `levels` levels in [−1, 1]: u = σ(μ(x) + exp(s(x)) ⊙ ε), ε ~ N(0, I), moves each
 * pixel to x + w(u − ½), w = 2/(levels − 1). log P(x) ≥ E_q[log p(x + w(u − ½)) − log q]: Ho et al. 2019 (Flow++),
 * arXiv:1902.00275, section 3.1, with q one affine map. Starts near the logistic-normal that resembles uniform noise most.
 */
export function variationalDequantization(x: Tensor, { levels = 256, width = 32 } = {}): Dequantized {
  const channels = x.shape[1]!;
  const h = relu(conv2d(x, width, { kernel: 3, padding: 1 }));
  const deeper = relu(conv2d(h, width, { kernel: 1 }));
  const near = { init: normalInit({ std: 1e-3 }), biasInit: zeros };
  const [mu, r] = conv2d(deeper, 2 * channels, { kernel: 3, padding: 1, ...near }).split(2, 1) as [
    Tensor,
    Tensor,
  ];
  const s = r.tanh().mul(3).add(Math.log(1.6));
  const noise = normal(x.shape);
  const a = noise.mul(s.exp()).add(mu);
  const width2 = 2 / (levels - 1);
  const logNormal = noise
    .square()
    .add(Math.log(2 * Math.PI))
    .mul(-0.5)
    .sub(s);
  const logSlope = softplus(a).add(softplus(a.neg())).neg(); // σ′(a)
  return {
    x: x.add(a.sigmoid().sub(0.5).mul(width2)),
    logQ: sumPerExample(logNormal.sub(logSlope).sub(Math.log(width2))),
  };
}
