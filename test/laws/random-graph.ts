/** Random small graphs for test/laws/optimizer.test.ts, from numbers of a keyed generator. */
import {
  cast,
  concat,
  constant,
  conv,
  convTranspose,
  div,
  expand,
  gather,
  grad,
  inputTensor,
  matmul,
  maximum,
  mean,
  mul,
  permute,
  reshape,
  type Shape,
  sameShape,
  sizeOf,
  softmax,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
  tanh,
  where,
} from "../../src/index.ts";
import type { Graph, Named } from "../../src/onnx/index.ts";
import { createStream, deriveKey } from "../../src/tensor/random/index.ts";

/** Whole numbers below n, one after the other. */
export type Pick = (n: number) => number;

export function picker(...key: (string | number)[]): Pick {
  const numbers = createStream(deriveKey("random graphs", ...key)).uniform(new Float32Array(4096));
  let at = 0;
  return (n) => Math.floor(numbers[at++ % numbers.length]! * n);
}

const oneOf = <T>(pick: Pick, list: readonly T[]): T => list[pick(list.length)]!;

function shuffled(pick: Pick, n: number): number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = pick(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

const someAxes = (pick: Pick, rank: number): number[] =>
  Array.from({ length: rank }, (_, i) => i).filter(() => pick(2) === 0);

/** Large and small sizes, so that the bounds in the passes are met from both sides. */
const shapes: readonly Shape[] = [
  [],
  [1],
  [5],
  [3, 4],
  [40, 3],
  [1, 6],
  [2, 1, 3],
  [4, 3, 4],
  [2, 4, 5, 5],
  [8, 32, 4, 4],
  [33, 2, 3, 1],
];
const numbers = [0, 1, -1, 2, -0.5, 0.25, 3];

type Step = (x: Tensor, pool: readonly Tensor[], pick: Pick) => Tensor;

/** A constant of one element may have axes, which broadcasting adds to the other operand. */
function numberTensor(pick: Pick): Tensor {
  return constant([oneOf(pick, numbers)], oneOf(pick, [[], [1], [1, 1], [1, 1, 1, 1, 1]]));
}

/** Another tensor that broadcasts with x: one of the pool, a reduced one, or x itself in another dress. */
function partner(x: Tensor, pool: readonly Tensor[], pick: Pick): Tensor {
  const kind = pick(6);
  if (kind === 0 && x.rank > 0)
    return inputOfSize(
      pool,
      oneOf(pick, [
        [x.shape[0]!, ...x.shape.slice(1).map(() => 1)],
        [...x.shape.slice(0, -1), 1],
      ]),
    );
  if (kind === 1) return mean(x, someAxes(pick, x.rank), { keepdims: true });
  if (kind === 2 && x.rank > 0)
    return reshape(sum(x, x.shape.map((_, i) => i).slice(0, -1)), [x.shape.at(-1)!]).mul(0.1);
  if (kind === 3 && x.rank > 1)
    return mean(
      x,
      x.shape.map((_, i) => i).filter((i) => i !== 1),
      { keepdims: true },
    );
  const equal = pool.filter((other) => sameShape(other.shape, x.shape));
  return equal.length > 0 ? oneOf(pick, equal) : square(x);
}

const unaries: readonly ((x: Tensor) => Tensor)[] = [
  (x) => x.neg(),
  (x) => tanh(x),
  (x) => x.sigmoid(),
  (x) => x.sin(),
  (x) => square(tanh(x)),
  (x) => tanh(x).exp(),
  (x) => x.softplus(),
  (x) => x.relu(),
  (x) => x.leakyRelu(0.2),
  (x) => x.elu(),
  (x) => stopGradient(x),
  (x) => square(x).add(1).log(),
  (x) => square(x).add(0.5).sqrt(),
  (x) => square(x).add(0.5).rsqrt(),
];

const binaries: readonly ((a: Tensor, b: Tensor) => Tensor)[] = [
  (a, b) => a.add(b),
  (a, b) => sub(a, b),
  (a, b) => sub(b, a),
  (a, b) => mul(a, b),
  (a, b) => mul(b, a),
  (a, b) => div(a, square(b).add(1)),
  (a, b) => maximum(a, b),
  (a, b) => a.minimum(b),
];

/** A condition that rounding cannot change: an input compared with a number. */
function condition(x: Tensor, pool: readonly Tensor[], pick: Pick): Tensor {
  const inputs = pool.filter((t) => t.op.name === "input" && sameShape(t.shape, x.shape));
  return inputs.length > 0
    ? oneOf(pick, inputs).greater(0.1)
    : cast(
        constant(
          Float32Array.from({ length: x.size }, (_, i) => i % 3),
          x.shape,
        ),
        "bool",
      );
}

function convolved(x: Tensor, pool: readonly Tensor[], pick: Pick): Tensor {
  const images = pool.filter((t) => t.rank >= 3 && t.op.name === "input" && t.size > 60);
  const image = images.includes(x) ? x : oneOf(pick, images);
  const [, channels, ...sizes] = image.shape as [number, number, ...number[]];
  const other = oneOf(pick, [1, 4, 32]);
  const groups = channels % 2 === 0 && other % 2 === 0 ? oneOf(pick, [1, 1, 2]) : 1;
  const kernel = oneOf(pick, [sizes, ...[1, 2, 3].map((k) => sizes.map((d) => Math.min(k, d)))]);
  const transposed = pick(2) === 0;
  const shape = transposed ? [channels, other / groups, ...kernel] : [other, channels / groups, ...kernel];
  const scaled = inputOfSize(pool, shape).mul(1 / Math.sqrt(sizeOf(shape.slice(1))));
  const options = { stride: oneOf(pick, [1, 2]), padding: Math.min(...kernel) > 2 ? pick(2) : 0, groups };
  const y = transposed ? convTranspose(image, scaled, options) : conv(image, scaled, options);
  return pick(2) === 0 ? y : y.add(reshape(inputOfSize(pool, [other]), [other, ...kernel.map(() => 1)]));
}

/** Numbers of a shape, cut from the long input. */
function inputOfSize(pool: readonly Tensor[], shape: Shape): Tensor {
  const long = pool.find((t) => t.rank === 1 && t.size > 10_000)!;
  return reshape(long.narrow(0, 0, sizeOf(shape)), shape);
}

const steps: readonly Step[] = [
  (x, _, pick) => oneOf(pick, unaries)(x),
  (x, _, pick) => oneOf(pick, unaries)(x),
  (x, pool, pick) => oneOf(pick, binaries)(x, partner(x, pool, pick)),
  (x, pool, pick) => oneOf(pick, binaries)(x, partner(x, pool, pick)),
  (x, pool, pick) => oneOf(pick, binaries)(x, partner(x, pool, pick)),
  (x, _, pick) => oneOf(pick, binaries)(x, numberTensor(pick)),
  (x, _, pick) => oneOf(pick, binaries)(x, numberTensor(pick)),
  (x, _, pick) => oneOf(pick, binaries)(x, numberTensor(pick)),
  (x, _, pick) => oneOf(pick, unaries.slice(0, 2))(mul(x, numberTensor(pick))),
  (x, _, pick) => sum(expand(x.unsqueeze(0), [oneOf(pick, [2, 3]), ...x.shape]), 0).mul(0.3),
  (x, _, pick) => permute(x, shuffled(pick, x.rank)),
  (x, _, pick) => permute(x, shuffled(pick, x.rank)),
  (x, _, pick) =>
    reshape(
      x,
      shuffled(pick, x.rank).map((i) => x.shape[i]!),
    ),
  (x) => reshape(x, [...x.shape.slice(0, 1), -1]),
  (x, _, pick) => expand(mean(x, someAxes(pick, x.rank), { keepdims: true }), x.shape),
  (x, _, pick) =>
    expand(x.rank < 4 ? x.unsqueeze(0) : x.narrow(0, 0, 1), [
      oneOf(pick, [1, 2, 40]),
      ...(x.rank < 4 ? x.shape : x.shape.slice(1)),
    ]),
  (x, _, pick) => mean(x, someAxes(pick, x.rank), { keepdims: pick(2) === 0 }),
  (x, _, pick) => sum(x, someAxes(pick, x.rank), { keepdims: pick(2) === 0 }).mul(0.25),
  (x, _, pick) => x.max(someAxes(pick, x.rank), { keepdims: pick(2) === 0 }),
  (x, pool, pick) => where(condition(x, pool, pick), x, partner(x, pool, pick)),
  (x, pool, pick) => where(condition(x, pool, pick), oneOf(pick, numbers), x),
  convolved,
  convolved,
  (x, pool, pick) => {
    const rows = x.rank < 2 ? reshape(x, [1, x.size]) : x;
    const [k, n] = [rows.shape.at(-1)!, oneOf(pick, [1, 3])];
    if (k * n > 20_000) return x;
    const w = pick(2) === 0 ? inputOfSize(pool, [k, n]) : inputOfSize(pool, [n, k]).transpose();
    const y = matmul(rows, w).mul(1 / Math.sqrt(k));
    return pick(2) === 0 ? y : y.add(inputOfSize(pool, oneOf(pick, [[n], [1, n]])));
  },
  (x) => (x.rank < 2 ? x : matmul(x.transpose(), x).mul(1 / x.shape.at(-2)!)),
  (x, _, pick) => (x.rank === 0 ? x : concat([x, tanh(x)], pick(x.rank))),
  (x, _, pick) => (x.rank === 0 ? x : softmax(x, pick(x.rank))),
  (x, _, pick) => (x.rank === 0 ? x : x.flip(pick(x.rank))),
  (x, _, pick) => {
    if (x.rank === 0) return x;
    const axis = pick(x.rank);
    return gather(x, constant(Int32Array.of(0, x.shape[axis]! - 1)), axis);
  },
  (x, _, pick) => (x.rank === 0 ? x : x.cumsum(pick(x.rank)).mul(0.1)),
];

/** Keeps numbers and sizes within bounds, so that errors are those of rounding and tests are quick. */
function tamed(x: Tensor): Tensor {
  const smaller = x.size > 6000 ? mean(x, 0, { keepdims: true }) : x;
  return smaller.rank > 4 ? reshape(smaller, [...smaller.shape.slice(0, 3), -1]) : smaller;
}

/** The leaves that all graphs of one batch share: inputs, and variables (which a graph may store in another order). */
export function leaves(): { inputs: Named[]; variables: Named[] } {
  const named = (name: string, shape: Shape, variable?: string): Named => {
    const tensor = inputTensor(name, shape, "float32");
    return variable === undefined ? { name, tensor } : { name, tensor, variable };
  };
  const inputs = [...shapes, [20_000], [4, 32, 4, 4], [2, 4, 3, 4, 3], [2, 4, 7]].map((shape, i) =>
    named(`x${i}`, shape),
  );
  const variables = [
    [3, 4, 2],
    [4, 3, 3, 3],
    [32, 32, 3, 3],
  ].map((shape, i) => named(`v${i}`, shape, `v${i}`));
  return { inputs, variables };
}

/** One random graph over the leaves: its last tensor, and the derivative of its mean square by two leaves. */
export function randomTensors(
  pick: Pick,
  inputs: readonly Tensor[],
  length: number,
): { [name: string]: Tensor } {
  const pool = [...inputs];
  let x = oneOf(pick, inputs);
  for (let i = 0; i < length; i++) {
    x = tamed(oneOf(pick, steps)(pick(3) === 0 ? oneOf(pick, pool) : x, pool, pick));
    pool.push(x);
  }
  const used = shuffled(pick, inputs.length)
    .slice(0, 3)
    .map((i) => inputs[i]!);
  const loss = sum(square(tanh(x)));
  const wrt = [inputs.find((t) => t.size > 10_000)!, ...used];
  const gradients = grad(loss, wrt, { unused: "zero" });
  return { y: x, loss, ...Object.fromEntries(gradients.map((g, i) => [`g${i}`, g])) };
}

/** Many random graphs as one, and updates of the variables by convolutions and sums. */
export function randomGraph(seed: number, count: number, length: number): Graph {
  const { inputs, variables } = leaves();
  const all = [...inputs, ...variables].map((leaf) => leaf.tensor);
  const outputs: Named[] = [];
  for (let i = 0; i < count; i++) {
    const tensors = randomTensors(picker(seed, i), all, length);
    for (const [name, tensor] of Object.entries(tensors)) outputs.push({ name: `${name}_${i}`, tensor });
  }
  const [a, b, c] = variables.map((v) => v.tensor) as [Tensor, Tensor, Tensor];
  const images = inputs.find((x) => sameShape(x.tensor.shape, [8, 32, 4, 4]))!.tensor;
  const deep = conv(tanh(conv(images, c.mul(0.1), { padding: 1, stride: 2 })), c.mul(0.1), { padding: 1 });
  const shallow = conv(images.narrow(1, 0, 3), b.mul(0.1), { padding: 1 });
  const loss = mean(square(deep))
    .add(mean(square(tanh(shallow))))
    .add(mean(square(permute(a, [2, 0, 1]))));
  grad(loss, [a, b, c]).forEach((g, i) => {
    const { name, tensor, variable } = variables[i]!;
    outputs.push({ name: `next_${name}`, tensor: sub(tensor, g), variable: variable! });
  });
  return { inputs: [...inputs, ...variables], outputs };
}
