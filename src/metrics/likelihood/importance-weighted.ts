import type { Dataset } from "../../data/index.ts";
import { logsumexp, mul, type Tensor, UserError } from "../../tensor/index.ts";
import { type Block, compileNamed, exampleCount, forEachBlock } from "./blocks.ts";
import { logAddExp } from "./log-sum.ts";
import type { Likelihood, LikelihoodOptions } from "./options.ts";
import { likelihoodOf } from "./scores.ts";

export interface ImportanceOptions extends LikelihoodOptions {
  /** K, draws of z for each example. Default 500; 5,000 is the literature's number. */
  readonly k?: number;
  /** Draws in one call: memory grows with block × portion. Default 50. */
  readonly portion?: number;
}

/** log Σ w, log Σ w² and Σ log w over draws, for each example of a block. */
interface Sums {
  readonly weights: Float64Array;
  readonly squares: Float64Array;
  readonly logs: Float64Array;
}

/**
 * Importance-weighted bound L_K = E log (1/K) Σₖ wₖ, wₖ = p(x, zₖ)/q(zₖ|x), zₖ ~ q(z|x): ELBO = L₁ ≤ L_K ≤ L_{K+1} ≤
 * log p(x) (Burda et al. 2015, arXiv:1509.00519, eq. 8 and theorem 1). `logWeights` is a model's: log w of k draws, [k, N].
 *
 * Details: `effectiveSamples`, the mean over examples of 1/Σ w̃² with w̃ = w/Σw, between 1 and K: where it is near 1, a
 * single draw decides, and L_K is far from log p(x) or noisy; `elbo`, the mean of log w of the same draws.
 */
export async function importanceWeightedBound(
  logWeights: (x: Tensor, k: number) => Tensor,
  dataset: Dataset,
  options: ImportanceOptions,
): Promise<Likelihood> {
  const { k = 500, portion = 50, runtime, split } = options;
  if (!Number.isInteger(k) || k < 1) {
    throw new UserError(`importanceWeightedBound: k is ${k}, expected a whole number of at least 1.`);
  }
  const n = exampleCount(dataset, options);
  const [nats, effective, elbo] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  // Portions of another size draw other numbers.
  const sumsOf = portions(logWeights, (fn, size) => compileNamed(runtime, `iwae ${split} ${size}`, fn));
  await forEachBlock(dataset, options, async (block) => {
    const { weights, squares, logs } = await sumsOf(block, k, portion);
    for (let i = 0; i < block.count; i++) {
      nats[block.first + i] = weights[i]! - Math.log(k);
      effective[block.first + i] = Math.exp(2 * weights[i]! - squares[i]!);
      elbo[block.first + i] = logs[i]! / k;
    }
  });
  const mean = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / n;
  return likelihoodOf(
    dataset,
    {
      metric: "iwae",
      convention: "mean over examples of log (1/K) Σ p(x, z)/q(z|x)",
      nats,
      settings: { k },
      note: "A lower bound on the log-likelihood, tighter with k.",
      details: { effectiveSamples: mean(effective), elbo: mean(elbo) },
    },
    options,
  );
}

type Compile = (
  fn: (x: Tensor) => Tensor[],
  size: number,
) => (x: Block["x"]) => Promise<{ data: ArrayLike<unknown> }[]>;

/** Sums over k draws, a portion in each call. Sums are joined in float64. */
function portions(logWeights: (x: Tensor, k: number) => Tensor, compile: Compile) {
  const bySize = new Map<number, ReturnType<Compile>>();
  const functionOf = (size: number): ReturnType<Compile> => {
    const known = bySize.get(size);
    if (known) return known;
    const made = compile((x) => {
      const w = logWeights(x, size);
      return [logsumexp(w, 0), logsumexp(mul(w, 2), 0), w.sum(0)];
    }, size);
    bySize.set(size, made);
    return made;
  };
  return async ({ x }: Block, k: number, portion: number): Promise<Sums> => {
    const n = x.shape[0]!;
    const none = (): Float64Array => new Float64Array(n).fill(Number.NEGATIVE_INFINITY);
    const sums = { weights: none(), squares: none(), logs: new Float64Array(n) };
    for (let done = 0; done < k; done += portion) {
      const [weights, squares, logs] = await functionOf(Math.min(portion, k - done))(x);
      for (let i = 0; i < n; i++) {
        sums.weights[i] = logAddExp(sums.weights[i]!, Number(weights!.data[i]));
        sums.squares[i] = logAddExp(sums.squares[i]!, Number(squares!.data[i]));
        sums.logs[i]! += Number(logs!.data[i]);
      }
    }
    return sums;
  };
}
