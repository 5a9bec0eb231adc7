import {
  add,
  diagonal,
  div,
  exp,
  formatShape,
  matmul,
  maximum,
  mean,
  mul,
  pow,
  relu,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  transpose,
  UserError,
} from "../../tensor/index.ts";

/** k(x, y) for all pairs of rows: [n, d] and [m, d] → [n, m]. */
export type Kernel = (x: Tensor, y: Tensor) => Tensor;

/** ‖xᵢ − yⱼ‖² for all pairs of rows, [n, d] and [m, d] → [n, m], from inner products; never negative. */
export function squaredDistances(x: Tensor, y: Tensor): Tensor {
  if (x.rank !== 2 || y.rank !== 2 || x.shape[1] !== y.shape[1]) {
    throw new UserError(
      `squaredDistances: got ${formatShape(x.shape)} and ${formatShape(y.shape)}, expected [n, d] and [m, d]; flatten each example to one row.`,
    );
  }
  const norms = add(sum(square(x), 1, { keepdims: true }), sum(square(y), 1));
  // Rounding can leave a small negative number where two rows are equal.
  return relu(sub(norms, mul(matmul(x, transpose(y)), 2)));
}

/** Σ exp(−‖x − y‖²/2σ²) over the bandwidths σ: a mixture of Gaussian kernels. */
export function gaussianKernel(...bandwidths: number[]): Kernel {
  checkBandwidths("gaussianKernel", bandwidths);
  return (x, y) => {
    const d = squaredDistances(x, y);
    return bandwidths.map((s) => exp(mul(d, -0.5 / s ** 2))).reduce((a, b) => add(a, b));
  };
}

/** Σ exp(−‖x − y‖/σ) over the bandwidths σ. */
export function laplacianKernel(...bandwidths: number[]): Kernel {
  checkBandwidths("laplacianKernel", bandwidths);
  return (x, y) => {
    // The floor keeps the slope of √ finite on the diagonal, where it must count nothing.
    const d = sqrt(maximum(squaredDistances(x, y), 1e-12));
    return bandwidths.map((s) => exp(mul(d, -1 / s))).reduce((a, b) => add(a, b));
  };
}

/** Σ (1 + ‖x − y‖²/2α)^(−α) over α: rational quadratic kernels (Bińkowski et al. 2018, section 2.1). */
export function rationalQuadraticKernel(...alphas: number[]): Kernel {
  checkBandwidths("rationalQuadraticKernel", alphas);
  return (x, y) => {
    const d = squaredDistances(x, y);
    return alphas.map((a) => pow(add(div(d, 2 * a), 1), -a)).reduce((a, b) => add(a, b));
  };
}

/** (γ·xᵀy + c)^p; the default γ = 1/d, c = 1, p = 3 is that of KID (Bińkowski et al. 2018, section 4). */
export function polynomialKernel({
  degree = 3,
  gamma,
  offset = 1,
}: {
  degree?: number;
  gamma?: number;
  offset?: number;
} = {}): Kernel {
  return (x, y) => {
    const inner = add(mul(matmul(x, transpose(y)), gamma ?? 1 / x.shape[1]!), offset);
    return Array.from({ length: degree }, () => inner).reduce((a, b) => mul(a, b));
  };
}

export type MmdOptions = {
  kernel?: Kernel;
  /** Leave out the pairs (i, i), so that the mean over samples is exact (it can be negative). Default true. */
  unbiased?: boolean;
};

/**
 * Squared maximum mean discrepancy of two samples, x [n, d] and y [m, d], a scalar (Gretton et al. 2012, eq. 3 and 5):
 *   E[k(x, x′)] + E[k(y, y′)] − 2E[k(x, y)]
 * The default kernel is {@link gaussianKernel} with bandwidth 1.
 */
export function mmd(
  x: Tensor,
  y: Tensor,
  { kernel = gaussianKernel(1), unbiased = true }: MmdOptions = {},
): Tensor {
  const within = (s: Tensor): Tensor => {
    const k = kernel(s, s);
    const n = s.shape[0]!;
    if (!unbiased) return mean(k);
    if (n < 2)
      throw new UserError("mmd: the unbiased estimate needs two examples or more on each side, got 1.");
    return div(sub(sum(k), sum(diagonal(k))), n * (n - 1));
  };
  return sub(add(within(x), within(y)), mul(mean(kernel(x, y)), 2));
}

function checkBandwidths(name: string, list: readonly number[]): void {
  if (list.length === 0 || !list.every((s) => s > 0)) {
    throw new UserError(`${name}: got [${list.join(", ")}], expected one or more positive numbers.`);
  }
}
