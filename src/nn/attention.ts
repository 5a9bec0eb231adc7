import {
  add,
  constant,
  formatShape,
  matmul,
  mul,
  permute,
  reshape,
  softmax,
  type Tensor,
  transpose,
  UserError,
  where,
} from "../tensor/index.ts";
import { checkChannels } from "./channels.ts";
import { conv2d } from "./conv.ts";
import { dense } from "./dense.ts";
import { dropout } from "./dropout.ts";
import { type Initializer, uniform, zeros } from "./initializers.ts";
import { layer, parameter } from "./scope.ts";
import type { WeightOptions } from "./weights.ts";

export type AttentionOptions = {
  /** Whether position t sees only positions up to t. */
  causal?: boolean;
  /** bool, broadcast to [..., T, S]: true where query t may see key s. Each query must see something. */
  mask?: Tensor | undefined;
  /** Probability of dropping an attention weight in training (default 0). */
  dropout?: number;
};

/**
 * softmax(q·kᵀ/√d)·v: queries q [..., T, d], keys k [..., S, d], values v [..., S, e] → [..., T, e].
 * Vaswani et al. 2017, arXiv:1706.03762, equation 1.
 */
export function scaledDotProductAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { causal = false, mask, dropout: rate = 0 }: AttentionOptions = {},
): Tensor {
  const d = q.shape.at(-1)!;
  let scores = mul(matmul(q, transpose(k)), 1 / Math.sqrt(d));
  if (causal) scores = add(scores, futureMask(q.shape.at(-2)!, k.shape.at(-2)!));
  if (mask) scores = where(mask, scores, hidden);
  const weights = softmax(scores, -1);
  return matmul(rate > 0 ? dropout(weights, rate) : weights, v);
}

// Finite, so that a query that sees nothing gets even weights and not NaN; e^−1e9 is 0 in float32.
const hidden = -1e9;

function futureMask(queries: number, keys: number): Tensor {
  const values = Float32Array.from({ length: queries * keys }, (_, at) =>
    at % keys > Math.floor(at / keys) ? hidden : 0,
  );
  return constant(values, [queries, keys]);
}

export type MultiHeadAttentionOptions = AttentionOptions &
  WeightOptions & {
    heads: number;
    bias?: boolean;
    /** What is looked at, [N, S, features]; default: the queries themselves. */
    key?: Tensor;
    /** What is read there, [N, S, features]; default: `key`. */
    value?: Tensor;
  };

/**
 * Multi-head attention of x [N, T, E] on itself or on `key` and `value`; E is split among the heads.
 * Vaswani et al. 2017, arXiv:1706.03762, section 3.2.2. Layers dense_1 … dense_4 are W_q, W_k, W_v, W_o.
 * First values as PyTorch's MultiheadAttention: Glorot for W_q, W_k, W_v (as one [E, 3E] matrix where all
 * inputs have E features, else each alone), biases 0.
 */
export function multiHeadAttention(x: Tensor, options: MultiHeadAttentionOptions): Tensor {
  const { heads, bias = true, key = x, value = key, weights } = options;
  const size = x.shape[2] ?? 0;
  const fits = key.rank === 3 && value.rank === 3 && key.shape[1] === value.shape[1];
  if (x.rank !== 3 || !fits || !Number.isInteger(heads) || heads < 1 || size % heads !== 0) {
    throw new UserError(
      `multiHeadAttention: got x ${formatShape(x.shape)}, key ${formatShape(key.shape)}, value ${formatShape(value.shape)} and ${heads} heads, expected [N, T, E], [N, S, …] twice, and heads that divide E.`,
    );
  }
  const together = key.shape[2] === size && value.shape[2] === size;
  const common = { bias, biasInit: zeros, ...(weights ? { weights } : {}) };
  const project = (t: Tensor): Tensor => {
    const projected = dense(t, size, { ...common, init: glorot(t.shape[2]!, together ? 3 * size : size) });
    return permute(reshape(projected, [-1, t.shape[1]!, heads, size / heads]), [0, 2, 1, 3]);
  };
  return layer("attention", () => {
    const [q, k, v] = [project(x), project(key), project(value)];
    const y = permute(scaledDotProductAttention(q, k, v, options), [0, 2, 1, 3]);
    return dense(reshape(y, [-1, x.shape[1]!, size]), size, common);
  });
}

function glorot(fanIn: number, fanOut: number): Initializer {
  const bound = Math.sqrt(6 / (fanIn + fanOut));
  return uniform({ low: -bound, high: bound });
}

export type SelfAttentionOptions = WeightOptions & {
  /** C / C̄ for queries, keys and values (default 8). */
  reduction?: number;
};

/**
 * Self-attention over the positions of a picture x [N, C, H, W]; Zhang et al. 2019 (SAGAN), arXiv:1805.08318,
 * section 3:
 *   s_ij = f(x_i)ᵀ g(x_j),  β_ji = softmax_i(s_ij),  o_j = v(Σ_i β_ji h(x_i)),  y = γ·o + x
 * with 1×1 convolutions f, g, h: C → C̄ = C/8 (conv_1 … conv_3) and v: C̄ → C (conv_4), and γ, from 0,
 * `gamma`.
 */
export function selfAttention(x: Tensor, { reduction = 8, ...options }: SelfAttentionOptions = {}): Tensor {
  const channels = checkChannels("selfAttention", x);
  if (x.rank !== 4) {
    throw new UserError(`selfAttention: got ${formatShape(x.shape)}, expected a picture [N, C, H, W].`);
  }
  const inner = Math.max(1, Math.floor(channels / reduction));
  const [height, width] = [x.shape[2]!, x.shape[3]!];
  return layer("selfAttention", () => {
    const project = (): Tensor =>
      reshape(conv2d(x, inner, { kernel: 1, ...options }), [-1, inner, height * width]);
    const [f, g, h] = [project(), project(), project()];
    const beta = softmax(matmul(transpose(g), f), -1); // [N, j, i]
    const mixed = reshape(matmul(h, transpose(beta)), [-1, inner, height, width]);
    const o = conv2d(mixed, channels, { kernel: 1, ...options });
    return add(mul(o, reshape(parameter("gamma", [1], zeros), [1, 1, 1, 1])), x);
  });
}
