/** Coupling layers: one part of x is changed as the other part says, so that both directions are one pass. */
import type { Tensor } from "../../tensor/index.ts";
import { ones } from "../initializers.ts";
import { layer, parameter } from "../scope.ts";
import { type Bijection, noVolumeChange } from "./bijection.ts";
import type { Partition } from "./partition.ts";
import { sumPerExample } from "./per-example.ts";

/** Gives `count` channels (axis 1) for what a coupling keeps, of the same spatial size. */
export type CouplingNetwork = (kept: Tensor, count: number) => Tensor;

/** y₂ = x₂ + m(x₁), of unit determinant: Dinh et al. 2014, arXiv:1410.8516, section 3.2. */
export function additiveCoupling(partition: Partition, m: CouplingNetwork): Bijection {
  const move = (x: Tensor, sign: 1 | -1): Tensor =>
    layer("additiveCoupling", () => {
      const [kept, changed] = [partition.kept(x), partition.changed(x)];
      const shift = masked(partition, x, m(kept, changed.shape[1]!));
      return partition.join(kept, sign === 1 ? changed.add(shift) : changed.sub(shift));
    });
  return {
    forward: (x) => ({ z: move(x, 1), logDet: noVolumeChange() }),
    inverse: (z) => move(z, -1),
  };
}

export interface AffineCouplingOptions {
  /**
   * What s is made of the network's output r. "tanh" (default): a·tanh(r) with a learned a per channel, which starts at 1 and
   * keeps exp(s) within bounds (Dinh et al. 2016, section 4.1). "sigmoid": log σ(r + 2), as in the code of Glow.
   */
  readonly scale?: "tanh" | "sigmoid";
}

/**
 * y₂ = x₂ ⊙ exp(s(x₁)) + t(x₁), log|det| = Σ s(x₁): Dinh et al. 2016, arXiv:1605.08803, equations 4–6. The network gives both
 * s and t. Parameter `scale` [channels] for "tanh".
 */
export function affineCoupling(
  partition: Partition,
  network: CouplingNetwork,
  { scale = "tanh" }: AffineCouplingOptions = {},
): Bijection {
  const run = <T>(x: Tensor, body: (parts: Parts) => T): T =>
    layer("affineCoupling", () => {
      const [kept, changed] = [partition.kept(x), partition.changed(x)];
      const count = changed.shape[1]!;
      const [r, t] = network(kept, 2 * count).split(2, 1) as [Tensor, Tensor];
      const s = scale === "sigmoid" ? r.add(2).logSigmoid() : r.tanh().mul(scalePerChannel(r));
      return body({ kept, changed, s: masked(partition, x, s), t: masked(partition, x, t) });
    });
  return {
    forward: (x) =>
      run(x, ({ kept, changed, s, t }) => ({
        z: partition.join(kept, changed.mul(s.exp()).add(t)), // (4), (5)
        logDet: sumPerExample(s), // (6)
      })),
    inverse: (z) =>
      run(z, ({ kept, changed, s, t }) => partition.join(kept, changed.sub(t).mul(s.neg().exp()))), // (8)
  };
}

interface Parts {
  readonly kept: Tensor;
  readonly changed: Tensor;
  readonly s: Tensor;
  readonly t: Tensor;
}

function scalePerChannel(r: Tensor): Tensor {
  const shape = [r.shape[1]!, ...r.shape.slice(2).map(() => 1)];
  return parameter("scale", shape, ones);
}

const masked = ({ mask }: Partition, x: Tensor, values: Tensor): Tensor =>
  mask ? values.mul(mask(x)) : values;
