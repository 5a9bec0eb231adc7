/** Completion by a Markov chain of binary units: given units are put back after every transition. */
import { add, concat, flatten, mul, sub, type Tensor, zeros } from "../../tensor/index.ts";

/** Pixels in [−1, 1], [n, …shape], as units in [0, 1], [n, d]. */
export const toUnits = (x: Tensor): Tensor => flatten(mul(add(x, 1), 0.5), 1);

/** Units [n, d] in [0, 1] as pixels in [−1, 1], [n, …shape]. */
export const fromUnits = (v: Tensor, shape: readonly number[]): Tensor =>
  sub(mul(v, 2), 1).reshape([-1, ...shape]);

/** What a chain keeps of the given examples: nothing, or `given` and `mask` [n, d]. */
export interface Clamp {
  readonly [name: string]: Tensor;
}

/**
 * The state that `clamped` looks for: `x` [n, …shape] in [−1, 1], `mask` 1 where x stays. Of `units` in all, those beyond the
 * pixels are never given.
 */
export function clampState(
  given: { readonly x: Tensor; readonly mask: Tensor } | undefined,
  units?: number,
): Clamp {
  if (!given) return {};
  const [x, mask] = [toUnits(given.x), flatten(given.mask, 1)];
  const [n, pixels] = x.shape as readonly [number, number];
  if (units === undefined || units === pixels) return { given: x, mask };
  const free = zeros([n, units - pixels]);
  return { given: concat([x, free], 1), mask: concat([mask, free], 1) };
}

/** The units [n, d] with those that are given put back. */
export function clamped(v: Tensor, { given, mask }: Clamp): Tensor {
  return given && mask ? add(mul(given, mask), mul(v, sub(1, mask))) : v;
}
