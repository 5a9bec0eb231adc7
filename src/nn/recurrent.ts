/**
 * Recurrent layers with PyTorch's formulas. A cell called twice in one network has two sets of parameters, as
 * every layer has; to write one's own loop, make the cell a network and call that at every step.
 */
import {
  add,
  formatShape,
  matmul,
  mul,
  sigmoid,
  split,
  stack,
  sub,
  type Tensor,
  tanh,
  UserError,
  unstack,
  zeros,
} from "../tensor/index.ts";
import { fanInUniform } from "./dense.ts";
import type { Initializer } from "./initializers.ts";
import { layer, parameter } from "./scope.ts";
import { type WeightOptions, weight } from "./weights.ts";

export type CellOptions = WeightOptions & {
  bias?: boolean;
  /** First weights; default U(±1/√hidden), as in PyTorch. */
  init?: Initializer;
};
export type SequenceOptions<S> = CellOptions & {
  /** State before the first step (default zeros). */
  initial?: S;
  /** Whether to read from the last step to the first; outputs keep the order of the inputs. */
  reverse?: boolean;
};

/** The state of an LSTM: h is also its output, c its memory; both [N, hidden]. */
export interface LstmState {
  readonly h: Tensor;
  readonly c: Tensor;
}

/** One step, given what the input contributes to the gates. */
type Step<S> = (fromInput: Tensor, state: S) => S;
interface Cell<S> {
  /** x·W + b for all gates: [..., features] → [..., gates · hidden]. */
  readonly project: (x: Tensor) => Tensor;
  readonly step: Step<S>;
}

function gateWeights(features: number, hidden: number, gates: number, options: CellOptions) {
  const { bias = true, init = fanInUniform(hidden), weights } = options;
  const width = gates * hidden;
  const matrix = (name: string, fanIn: number): Tensor =>
    weight({ name, shape: [fanIn, width], init, outputAxis: 1, fanIn }, weights);
  const offset = (name: string): Tensor => (bias ? parameter(name, [width], init) : zeros([width]));
  return {
    input: matrix("weight_ih", features),
    recurrent: matrix("weight_hh", hidden),
    inputBias: offset("bias_ih"),
    recurrentBias: offset("bias_hh"),
  };
}

function lstmOf(features: number, hidden: number, options: CellOptions): Cell<LstmState> {
  const { input, recurrent, inputBias, recurrentBias } = gateWeights(features, hidden, 4, options);
  const offset = add(inputBias, recurrentBias);
  return {
    project: (x) => add(matmul(x, input), offset),
    step(fromInput, { h, c }) {
      const [i, f, g, o] = split(add(fromInput, matmul(h, recurrent)), 4, 1) as [
        Tensor,
        Tensor,
        Tensor,
        Tensor,
      ];
      const memory = add(mul(sigmoid(f), c), mul(sigmoid(i), tanh(g)));
      return { h: mul(sigmoid(o), tanh(memory)), c: memory };
    },
  };
}

function gruOf(features: number, hidden: number, options: CellOptions): Cell<Tensor> {
  const { input, recurrent, inputBias, recurrentBias } = gateWeights(features, hidden, 3, options);
  return {
    project: (x) => add(matmul(x, input), inputBias),
    step(fromInput, h) {
      const [xr, xz, xn] = split(fromInput, 3, 1) as [Tensor, Tensor, Tensor];
      const [hr, hz, hn] = split(add(matmul(h, recurrent), recurrentBias), 3, 1) as [Tensor, Tensor, Tensor];
      const [r, z] = [sigmoid(add(xr, hr)), sigmoid(add(xz, hz))];
      const n = tanh(add(xn, mul(r, hn)));
      return add(n, mul(z, sub(h, n)));
    },
  };
}

function checkSequence(
  what: string,
  x: Tensor,
  rank: 2 | 3,
  hidden: number,
  states: readonly Tensor[],
): void {
  const fits = states.every((s) => s.rank === 2 && s.shape[0] === x.shape[0] && s.shape[1] === hidden);
  if (x.rank === rank && x.dtype === "float32" && Number.isInteger(hidden) && hidden >= 1 && fits) return;
  const got = [x, ...states].map((t) => formatShape(t.shape)).join(", ");
  throw new UserError(
    `${what}: got ${got} for ${hidden} hidden units, expected x [N, ${rank === 3 ? "T, " : ""}features] and states [N, ${hidden}].`,
  );
}

function unroll<S>(cell: Cell<S>, x: Tensor, initial: S, reverse: boolean, outputOf: (state: S) => Tensor) {
  // One large product for all steps instead of a small one at each.
  const steps = unstack(cell.project(x), 1);
  if (reverse) steps.reverse();
  const outputs: Tensor[] = [];
  let state = initial;
  for (const fromInput of steps) {
    state = cell.step(fromInput, state);
    outputs.push(outputOf(state));
  }
  if (reverse) outputs.reverse();
  return { output: stack(outputs, 1), state };
}

const noState = (x: Tensor, hidden: number): Tensor => zeros([x.shape[0]!, hidden]);

/**
 * One step of an LSTM: x [N, features], state {h, c} [N, hidden] (default zeros) → the next state.
 *   i, f, o = σ(…), g = tanh(…),  c' = f·c + i·g,  h' = o·tanh(c')
 * Hochreiter & Schmidhuber 1997 with forget gates; parameters `weight_ih` [features, 4·hidden], `weight_hh`
 * [hidden, 4·hidden] and two biases, gates in PyTorch's order i, f, g, o.
 */
export function lstmCell(x: Tensor, hidden: number, state?: LstmState, options: CellOptions = {}): LstmState {
  checkSequence("lstmCell", x, 2, hidden, state ? [state.h, state.c] : []);
  return layer("lstmCell", () => {
    const { project, step } = lstmOf(x.shape[1]!, hidden, options);
    return step(project(x), state ?? { h: noState(x, hidden), c: noState(x, hidden) });
  });
}

/**
 * One step of a GRU: x [N, features], state h [N, hidden] (default zeros) → the next h.
 *   r, z = σ(…),  n = tanh(W_n·x + b + r·(U_n·h + b')),  h' = (1 − z)·n + z·h
 * Cho et al. 2014, arXiv:1406.1078, in PyTorch's form; `weight_ih` [features, 3·hidden], gates in the order
 * r, z, n.
 */
export function gruCell(x: Tensor, hidden: number, h?: Tensor, options: CellOptions = {}): Tensor {
  checkSequence("gruCell", x, 2, hidden, h ? [h] : []);
  return layer("gruCell", () => {
    const { project, step } = gruOf(x.shape[1]!, hidden, options);
    return step(project(x), h ?? noState(x, hidden));
  });
}

/**
 * An LSTM over a sequence x [N, T, features], unrolled: all outputs [N, T, hidden] and the last state. See
 * `lstmCell`.
 */
export function lstm(
  x: Tensor,
  hidden: number,
  options: SequenceOptions<LstmState> = {},
): { output: Tensor } & LstmState {
  const { initial, reverse = false } = options;
  checkSequence("lstm", x, 3, hidden, initial ? [initial.h, initial.c] : []);
  return layer("lstm", () => {
    const start = initial ?? { h: noState(x, hidden), c: noState(x, hidden) };
    const cell = lstmOf(x.shape[2]!, hidden, options);
    const { output, state } = unroll(cell, x, start, reverse, ({ h }) => h);
    return { output, ...state };
  });
}

/**
 * A GRU over a sequence x [N, T, features], unrolled: all outputs [N, T, hidden] and the last h. See
 * `gruCell`.
 */
export function gru(
  x: Tensor,
  hidden: number,
  options: SequenceOptions<Tensor> = {},
): { output: Tensor; h: Tensor } {
  const { initial, reverse = false } = options;
  checkSequence("gru", x, 3, hidden, initial ? [initial] : []);
  return layer("gru", () => {
    const cell = gruOf(x.shape[2]!, hidden, options);
    const { output, state } = unroll(cell, x, initial ?? noState(x, hidden), reverse, (h) => h);
    return { output, h: state };
  });
}
