/** The networks inside coupling layers. Their last layers start near 0, so that every coupling starts near the identity. */
import { relu, type Tensor } from "../../tensor/index.ts";
import { conv2d } from "../conv.ts";
import { dense } from "../dense.ts";
import { normal, zeros } from "../initializers.ts";
import { mlp } from "../mlp.ts";
import { residualBlock } from "../residual.ts";
import type { CouplingNetwork } from "./coupling.ts";

/** Near 0 and not 0, as the papers have it, so that every weight has a gradient from the first step on. */
const nearZero = { init: normal({ std: 1e-3 }), biasInit: zeros };

/** A perceptron on vectors. */
export function mlpCoupling(
  hidden: readonly number[],
  activation: (x: Tensor) => Tensor = relu,
): CouplingNetwork {
  return (x, count) => dense(mlp(x, hidden, activation), count, nearZero);
}

/** Three convolutions of 3×3, 1×1 and 3×3 with ReLU between: Kingma & Dhariwal 2018, section 3.3 and table 1. */
export function convCoupling(width: number): CouplingNetwork {
  return (x, count) => {
    const h = relu(conv2d(x, width, { kernel: 3, padding: 1 }));
    return conv2d(relu(conv2d(h, width, { kernel: 1 })), count, { kernel: 3, padding: 1, ...nearZero });
  };
}

/** A convolution, residual blocks and a convolution, as in Dinh et al. 2016, section 4.1 (without batch normalisation). */
export function residualCoupling(width: number, blocks: number): CouplingNetwork {
  return (x, count) => {
    let h = conv2d(x, width, { kernel: 3, padding: 1 });
    for (let i = 0; i < blocks; i++) h = residualBlock(h, width, { order: "pre", norm: null });
    return conv2d(relu(h), count, { kernel: 1, ...nearZero });
  };
}
