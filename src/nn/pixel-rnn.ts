import { add, narrow, pad, relu, type Tensor, zeros } from "../tensor/index.ts";
import { conv2d } from "./conv.ts";
import { diagonalLstm } from "./diagonal-lstm.ts";
import { maskedConv2d } from "./masked-conv.ts";
import { rowLstm } from "./row-lstm.ts";
import { prefixed, type RowState, rowsUpTo, unprefixed } from "./row-states.ts";

export type PixelRnnOptions = {
  /** Its recurrent layers. */
  cell: "row-lstm" | "diagonal-bilstm";
  /** h, units of a cell; the maps between the layers have 2h channels. */
  hidden: number;
  layers: number;
  /** Size of the first convolution, odd. */
  kernel: number;
  /** Channels of the two layers before the logits. */
  head: number;
};

export type PixelRnnInputs = {
  /** A map [N, K, H, W] that is known as a whole, added to the input-to-state map of every layer. */
  condition?: Tensor;
  /** State of the row above, `last` of the call for it: then only the last row of x is computed. */
  above?: RowState;
};

/**
 * PixelRNN for binary pictures of one colour, x [N, 1, H, W] → logits [N, 1, H, W], each from the pixels above and to the left:
 *   k×k convolution with mask A to 2h channels
 *   `layers` times: x + 1×1 convolution (h → 2h) of an LSTM over the picture (`rowLstm`, `diagonalLstm`)
 *   twice 1×1 convolution and ReLU; 1×1 convolution to the logits
 * and the state that the last row leaves to the next. van den Oord et al. 2016, arXiv:1601.06759, table 1 and figure 5.
 * For the Diagonal BiLSTM the maps have one column more: no position sees its own pixel, so without one behind it a row's
 * last pixel would be hidden from most of the next row.
 */
export function pixelRnn(
  x: Tensor,
  options: PixelRnnOptions,
  { condition, above }: PixelRnnInputs = {},
): { logits: Tensor; last: RowState } {
  const { cell, hidden, layers, kernel, head } = options;
  const lstm = cell === "row-lstm" ? rowLstm : diagonalLstm;
  const [rows, width] = [above ? 1 : x.shape[2]!, x.shape[3]!];
  const widened = (t: Tensor): Tensor => pad(t, [[0, extraColumns(options)]]);
  const wanted = (t: Tensor): Tensor => narrow(t, 2, t.shape[2]! - rows, rows);
  const known = condition && { condition: wanted(widened(condition)) };
  let features = wanted(maskedConv2d(widened(x), 2 * hidden, { kernel, mask: "A" }));
  const last: RowState[] = [];
  for (let l = 0; l < layers; l++) {
    const state = lstm(features, hidden, { ...known, ...(above && { above: unprefixed(above, `${l}.`) }) });
    features = add(features, conv2d(state.output, 2 * hidden, { kernel: 1 }));
    last.push(prefixed(state.last, `${l}.`));
  }
  features = narrow(features, 3, 0, width);
  for (let i = 0; i < 2; i++) features = relu(conv2d(features, head, { kernel: 1 }));
  return { logits: conv2d(features, 1, { kernel: 1 }), last: Object.assign({}, ...last) };
}

const extraColumns = ({ cell }: PixelRnnOptions): number => (cell === "row-lstm" ? 0 : 1);

export type PixelRnnRow = {
  /** The row's number, an int32 scalar. */
  row: Tensor;
  /** Size of the first convolution. */
  kernel: number;
  /** State of a sampler, in which the state of the row above has names that begin with `name`. */
  states: RowState;
  name: string;
  condition?: Tensor;
};

/**
 * One row of a picture: its logits [N, 1, 1, W], and the state that it leaves to the next row, which is final once all its
 * pixels are. `network` is one around `pixelRnn`.
 */
export function pixelRnnRow(
  network: (x: Tensor, inputs: PixelRnnInputs) => { logits: Tensor; last: RowState },
  x: Tensor,
  { row, kernel, states, name, condition }: PixelRnnRow,
): { logits: Tensor; states: RowState } {
  const above = unprefixed(states, name);
  const known = condition && { condition: rowsUpTo(condition, row, 0) };
  const { logits, last } = network(rowsUpTo(x, row, (kernel - 1) / 2), { above, ...known });
  return { logits, states: prefixed(last, name) };
}

/** The state above the first row of n pictures of that width, zeros, under names that begin with `name`. */
export function pixelRnnEdge(
  options: PixelRnnOptions,
  { n, width, name }: { readonly n: number; readonly width: number; readonly name: string },
): RowState {
  const row = [width + extraColumns(options), n, options.hidden];
  const edge = (): RowState =>
    options.cell === "row-lstm" ? { h: zeros(row), c: zeros(row) } : { h: zeros([2, ...row]) };
  const layers = Array.from({ length: options.layers }, (_, l) => prefixed(edge(), `${name}${l}.`));
  return Object.assign({}, ...layers);
}
