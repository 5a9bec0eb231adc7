import {
  add,
  concat,
  formatShape,
  gather,
  matmul,
  mul,
  split,
  type Tensor,
  UserError,
} from "../tensor/index.ts";
import { asDegrees, type DegreeMaskOptions, type Degrees, degreeMask, layerDegrees } from "./degrees.ts";
import { type DenseOptions, fanInUniform } from "./dense.ts";
import { layer, parameter } from "./scope.ts";
import { weight } from "./weights.ts";

export type MaskedDenseOptions = DenseOptions &
  DegreeMaskOptions & {
    /** Degrees of the inputs. */
    from: Degrees;
    /** Degrees of the units: each sees the inputs up to its own degree. */
    to: Degrees;
  };

/** A layer's weight [in, units], zero where a unit does not see an input, and its bias [units]. */
export interface MaskedWeights {
  readonly weight: Tensor;
  readonly bias?: Tensor;
  /** Rows of the weight, [k] int32 → [k, units]: what these inputs add, without masking the whole weight. */
  row(inputs: Tensor): Tensor;
  /** Columns of the weight, [k] int32 → [in, k]. */
  column(units: Tensor): Tensor;
}

/**
 * The parameters of a masked layer, for models that also use rows and columns of them by themselves.
 * Parameters: `weight` [in, units], of which the mask removes values and gradients, and `bias` [units].
 */
export function maskedWeights(options: MaskedDenseOptions): MaskedWeights {
  const { from, to, strict = false, bias = true, weights } = options;
  const [features, units] = [countOf(from), countOf(to)];
  const { init = fanInUniform(features), biasInit = fanInUniform(features) } = options;
  return layer("maskedDense", () => {
    const w = weight(
      { name: "weight", shape: [features, units], init, outputAxis: 1, fanIn: features },
      weights,
    );
    const pick = (degrees: Degrees, at: Tensor): Tensor => gather(asDegrees(degrees), at);
    return {
      weight: mul(w, degreeMask(from, to, { strict })),
      ...(bias && { bias: parameter("bias", [units], biasInit) }),
      row: (at) => mul(gather(w, at, 0), degreeMask(pick(from, at), to, { strict })),
      column: (at) => mul(gather(w, at, 1), degreeMask(from, pick(to, at), { strict })),
    };
  });
}

const countOf = (degrees: Degrees): number => ("shape" in degrees ? degrees.shape[0]! : degrees.length);

/**
 * Fully connected layer in which a unit sees the inputs up to its own degree only: y = x·(W ∘ M) + b,
 * x [..., in] → [..., units].
 */
export function maskedDense(x: Tensor, options: MaskedDenseOptions): Tensor {
  const features = countOf(options.from);
  if (x.shape.at(-1) !== features || x.dtype !== "float32") {
    throw new UserError(
      `maskedDense: got ${x.dtype}${formatShape(x.shape)} and ${features} degrees, expected float32 [..., ${features}].`,
    );
  }
  const { weight: w, bias } = maskedWeights(options);
  const y = matmul(x, w);
  return bias ? add(y, bias) : y;
}

export type MaskedMlpOptions = Pick<DenseOptions, "weights"> & {
  /** Units of each hidden layer. */
  hidden: readonly number[];
  /** order[k] is the variable that comes k-th. Default: as they are. */
  order?: readonly number[];
  /** Numbers made for each variable: 2 for a mean and a scale. Default 1. */
  outputs?: number;
  /** Also connects the inputs directly with the outputs (MADE, section 4.1). Default false. */
  direct?: boolean;
  /** [n, c]: inputs that everything sees. */
  condition?: Tensor;
  activation?: (x: Tensor) => Tensor;
};

/**
 * Perceptron whose output for each variable depends on the variables before it in `order` alone, x [n, D] → `outputs`
 * tensors [n, D]. Germain et al. 2015, arXiv:1502.03509, equations 8, 9 and 12–14; hidden degrees are spread evenly. The
 * output for the first variable depends on nothing but `condition`.
 */
export function maskedMlp(x: Tensor, options: MaskedMlpOptions): Tensor[] {
  const { hidden, outputs = 1, direct = false, condition, weights, activation = (h) => h.relu() } = options;
  const variables = x.shape.at(-1)!;
  const { order = Array.from({ length: variables }, (_, k) => k) } = options;
  const [own, ...layers] = layerDegrees({ order, hidden, lowest: condition ? 0 : 1 }) as [
    number[],
    ...number[][],
  ];
  const given = new Array<number>(condition?.shape[1] ?? 0).fill(0);
  const kept = weights && { weights };
  const inputs = condition ? concat([x, condition], 1) : x;
  const degrees = [...own, ...given];
  let [h, from] = [inputs, degrees];
  for (const to of layers) {
    h = activation(maskedDense(h, { from, to, ...kept }));
    from = to;
  }
  const to = Array.from({ length: outputs }, () => own).flat();
  const y = maskedDense(h, { from, to, strict: true, ...kept });
  if (!direct || hidden.length === 0) return split(y, outputs, 1);
  const shortcut = maskedDense(inputs, { from: degrees, to, strict: true, bias: false, ...kept });
  return split(add(y, shortcut), outputs, 1);
}
