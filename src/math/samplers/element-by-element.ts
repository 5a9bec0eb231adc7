import {
  cast,
  constant,
  gather,
  less,
  oneHot,
  reshape,
  type Shape,
  sizeOf,
  type Tensor,
  uniform,
  where,
  zeros,
} from "../../tensor/index.ts";

/** Tensors that a sampler hands from step to step. */
type State = { readonly [name: string]: Tensor };

/** Where the sampler is: about to draw one element of each example. Examples have D elements, 0 or 1. */
export interface ElementStep {
  /** The step's number, int32 scalar. */
  readonly i: Tensor;
  /** The element that is drawn: int32 [1] where it is the same for all examples, else [n]. */
  readonly at: Tensor;
  /** 1 at that element: [1 or n, D]. */
  readonly here: Tensor;
  /** The elements that are known, 0 elsewhere: [n, D]. */
  readonly x: Tensor;
  /** 1 where they are known: [n, D]. */
  readonly known: Tensor;
  /** 1 where the sampler has been, whether the elements were drawn or given: [n, D]. */
  readonly before: Tensor;
}

export interface ElementByElementOptions<K extends State> {
  /** Of one example. */
  readonly shape: Shape;
  /** order[k] is the element that comes k-th; or a function that gives it for the step, int32 [1] or [n]. */
  readonly order: readonly number[] | ((i: Tensor, kept: K) => Tensor);
  /** Divides the logits; 0 takes the likelier value. */
  readonly temperature: number;
  /** What is kept from step to step besides the examples; `x` and `known` are those that are given at the start. */
  begin(start: { n: number; x: Tensor; known: Tensor }): K;
  /** log p(x_at = 1)/p(x_at = 0) given the elements before: [n, 1]. */
  logit(step: ElementStep, kept: K): Tensor;
  /** What is kept after the element became `value` [n, 1]; `given` [n, 1] is 1 where it was known from the start. */
  after?(step: ElementStep & { readonly value: Tensor; readonly given: Tensor }, kept: K): K;
}

type Start = { readonly n: number; readonly given?: { readonly x: Tensor; readonly mask: Tensor } };

/** What `elementByElement` makes: the parts of a sampler that works in steps. */
export interface ElementSampler {
  readonly steps: number;
  init(start: Start): State;
  step(state: State, i: Tensor): State;
  result(state: State): Tensor;
}

/**
 * Ancestral sampling of binary examples, one element after another: x_i ~ Bernoulli(σ(logit_i / temperature)). Elements that are
 * given stay as they are. Examples go in and out in {−1, 1}.
 */
export function elementByElement<K extends State>(options: ElementByElementOptions<K>): ElementSampler {
  const { shape, order, temperature, begin, logit, after } = options;
  const D = sizeOf(shape);
  const elementAt = (i: Tensor, kept: K): Tensor =>
    typeof order === "function"
      ? order(i, kept)
      : gather(constant(Int32Array.from(order), [D]), reshape(i, [1]));
  return {
    steps: D,
    init({ n, given }) {
      const mask = given ? reshape(given.mask, [n, D]) : zeros([n, D]);
      const bits = given ? reshape(given.x, [n, D]).add(1).mul(0.5) : zeros([n, D]);
      const x = bits.mul(mask);
      return { ...begin({ n, x, known: mask }), x, known: mask, before: zeros([n, D]), given: mask };
    },
    step({ x, known, before, given: mask, ...rest }, i) {
      const kept = rest as K;
      const at = elementAt(i, kept);
      const here = oneHot(at, D);
      const step: ElementStep = { i, at, here, x: x!, known: known!, before: before! };
      const pick = (values: Tensor): Tensor => values.mul(here).sum(1, { keepdims: true });
      const given = pick(mask!);
      const u = uniform([x!.shape[0]!, 1]);
      const drawn = cast(less(u, chance(logit(step, kept), temperature)), "float32");
      const value = where(given.greater(0), pick(x!), drawn);
      const free = here.mul(given.mul(-1).add(1));
      return {
        ...(after ? after({ ...step, value, given }, kept) : kept),
        x: x!.add(free.mul(value)),
        known: known!.add(free),
        before: before!.add(here),
        given: mask!,
      };
    },
    result: ({ x }) => reshape(x!.mul(2).sub(1), [-1, ...shape]),
  };
}

function chance(logit: Tensor, temperature: number): Tensor {
  return temperature === 0 ? cast(logit.greater(0), "float32") : logit.div(temperature).sigmoid();
}
