import { add, log, matmul, mul, relu, square, sub, sum, type Tensor, transpose } from "../tensor/index.ts";

/** A plane through the data, and what lies off it. */
export interface PrincipalPlane {
  readonly mean: Tensor; // [d]
  /** Orthonormal rows, [k, d]. */
  readonly components: Tensor;
  /** σ², the variance in each of the directions that are left out: a scalar. */
  readonly noise: Tensor;
}

/** Coordinates on the plane, [N, d] → [N, k]: (x − μ)·Uᵀ. */
export function projectTo({ mean, components }: PrincipalPlane, x: Tensor): Tensor {
  return matmul(sub(x, mean), transpose(components));
}

/** Points of the plane, [N, k] → [N, d]: μ + z·U. */
export function liftFrom({ mean, components }: PrincipalPlane, z: Tensor): Tensor {
  return add(mean, matmul(z, components));
}

/** log N(x − its projection; 0, σ²I) over the d − k directions off the plane, nats: [N, d] → [N]; 0 where there are none. */
export function logDensityOffPlane(plane: PrincipalPlane, x: Tensor): Tensor {
  const [k, d] = plane.components.shape as [number, number];
  const inside = sum(square(projectTo(plane, x)), -1);
  if (k === d) return mul(inside, 0);
  const off = relu(sub(sum(square(sub(x, plane.mean)), -1), inside));
  const constant = add(mul(log(plane.noise), (d - k) / 2), ((d - k) / 2) * Math.log(2 * Math.PI));
  return sub(mul(off, -0.5).div(plane.noise), constant);
}
