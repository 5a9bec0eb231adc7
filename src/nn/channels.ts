/** Checks and shapes that the layers on pictures [N, C, …] share. */
import { add, formatShape, reshape, type Shape, type Tensor, UserError } from "../tensor/index.ts";
import type { Initializer } from "./initializers.ts";
import { parameter } from "./scope.ts";

/** [C] as [1, C, 1, …], to broadcast against [N, C, …]. */
export function perChannel(t: Tensor, rank: number): Tensor {
  return reshape(t, [1, t.shape[0]!, ...new Array<number>(rank - 2).fill(1)]);
}

/** Throws where `x` has no channel axis. */
export function checkChannels(what: string, x: Tensor): number {
  if (x.rank >= 2 && x.dtype === "float32") return x.shape[1]!;
  throw new UserError(
    `${what}: got ${x.dtype}${formatShape(x.shape)}, expected float32 [N, C, …] with channels on axis 1.`,
  );
}

/** The kernel along each of `n` axes. */
export function kernelSizes(kernel: number | Shape, n: number, what: string): number[] {
  const list = typeof kernel === "number" ? new Array<number>(n).fill(kernel) : [...kernel];
  if (list.length !== n || list.some((k) => !Number.isInteger(k) || k < 1)) {
    throw new UserError(
      `${what}: the kernel is ${formatShape(list)}, expected ${n} positive whole numbers or one for all axes.`,
    );
  }
  return list;
}

/** Throws where `x` is no float picture [N, C, …] with `n` spatial axes. */
export function checkPicture(what: string, x: Tensor, n: number, channels: number, groups = 1): void {
  const whole = Number.isInteger(channels) && channels >= 1 && channels % groups === 0;
  if (x.rank === n + 2 && x.dtype === "float32" && whole && x.shape[1]! % groups === 0) return;
  const axes = ["T", "H, W", "D, H, W"][n - 1];
  throw new UserError(
    `${what}: got ${x.dtype}${formatShape(x.shape)} for ${channels} channels in ${groups} group(s), expected float32 [N, C, ${axes}] and channel counts that the groups divide.`,
  );
}

/** y + bias, one number per channel of [N, C, …]. */
export function addChannelBias(y: Tensor, init: Initializer): Tensor {
  const channels = y.shape[1]!;
  const b = parameter("bias", [channels], init);
  return add(y, reshape(b, [1, channels, ...y.shape.slice(2).map(() => 1)]));
}
