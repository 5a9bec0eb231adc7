/** What PixelRNN sees of a picture, by derivatives, and its rows one after another. */
import { afterAll, describe, expect, test } from "vitest";
import { compile, createRuntime } from "../runtime/index.ts";
import { constant, createStream, grad, type Tensor } from "../tensor/index.ts";
import {
  network,
  type PixelRnnOptions,
  pixelRnn,
  pixelRnnEdge,
  pixelRnnRow,
  twoScaleOrder,
} from "./index.ts";

const runtime = createRuntime({ device: "cpu", threads: 1, seed: 1 });
afterAll(() => runtime.dispose());
const values = (shape: readonly number[], key: number) => ({
  data: createStream([key, 1]).normal(new Float32Array(shape.reduce((a, b) => a * b, 1))),
  shape: [...shape],
});
let names = 0;
const run = async (body: () => Tensor): Promise<{ data: number[]; shape: readonly number[] }> => {
  const { data, shape } = await compile(body, { runtime, training: false, name: `f${names++}` })();
  return { data: Array.from(data, Number), shape };
};

/** Which pixels the logit of one depends on: a map of a side × side picture, from the derivative. */
async function receptiveField(
  options: PixelRnnOptions,
  side: number,
  [row, column]: readonly [number, number],
) {
  const net = network(`rnn${names++}`, (x: Tensor) => pixelRnn(x, options).logits);
  const { data } = await run(() => {
    const x = constant(values([4, 1, side, side], 7).data, [4, 1, side, side]);
    return grad(net(x).slice([null, 0, row, column]).sum(), [x])[0]!
      .abs()
      .sum(0);
  });
  return Array.from({ length: side }, (_, r) => data.slice(r * side, (r + 1) * side).map((g) => g !== 0));
}

describe("pixelRnn", () => {
  const side = 8;
  const options = { hidden: 4, kernel: 3, head: 8 };
  const field = (sees: (row: number, column: number) => boolean): boolean[][] =>
    Array.from({ length: side }, (_, row) => Array.from({ length: side }, (__, column) => sees(row, column)));

  test.each([1, 2])("with %i Row LSTM layers sees a triangle above each pixel", async (layers) => {
    const [row, column] = [5, 3];
    const found = await receptiveField({ ...options, cell: "row-lstm", layers }, side, [row, column]);
    // One pixel to the right for every row further up, and as far to the left as the masked kernels reach besides.
    for (let r = 0; r < side; r++)
      for (let c = 0; c < side; c++) {
        const rise = row - r;
        if (rise < 0 || c > column + rise || (rise === 0 && c >= column)) expect(found[r]![c]).toBe(false);
        else if (c >= column - rise) expect(found[r]![c]).toBe(true);
      }
  });

  test.each([
    [0, 3],
    [5, 0],
    [5, 3],
    [7, 7],
  ])("with a Diagonal BiLSTM sees all pixels before that in row %i, column %i", async (row, column) => {
    const found = await receptiveField({ ...options, cell: "diagonal-bilstm", layers: 1 }, side, [
      row,
      column,
    ]);
    expect(found).toEqual(field((r, c) => r < row || (r === row && c < column)));
  });

  test.each(["row-lstm", "diagonal-bilstm"] as const)(
    "%s: rows in turn give the picture's logits",
    async (cell) => {
      const all = { ...options, cell, layers: 2 };
      const net = network(`rows${cell}`, (x: Tensor, inputs?: Parameters<typeof pixelRnn>[2]) =>
        pixelRnn(x, all, inputs),
      );
      const x = constant(values([2, 1, 4, 5], 8).data, [2, 1, 4, 5]);
      const whole = await run(() => net(x).logits);
      const rows = await run(() => {
        let states = pixelRnnEdge(all, { n: 2, width: 5, name: "s" });
        const logits = Array.from({ length: 4 }, (_, row) => {
          const one = pixelRnnRow(net, x, { row: constant(row, [], "int32"), kernel: 3, states, name: "s" });
          states = one.states;
          return one.logits.pad([
            [row, 3 - row],
            [0, 0],
          ]);
        });
        return logits.reduce((sum, row) => sum.add(row));
      });
      rows.data.forEach((v, i) => void expect(v).toBeCloseTo(whole.data[i]!, 5));
    },
  );
});

test("twoScaleOrder draws the picked pixels first, then each other pixel once, or in three groups", () => {
  expect([...twoScaleOrder(4, false).turns]).toEqual([0, 4, 1, 5, 6, 7, 8, 9, 2, 10, 3, 11, 12, 13, 14, 15]);
  expect([...twoScaleOrder(4, false).places]).toEqual([0, 2, 8, 10, 1, 3, 4, 5, 6, 7, 9, 11, 12, 13, 14, 15]);
  expect([...twoScaleOrder(4, true).turns]).toEqual([0, 4, 1, 4, 5, 6, 5, 6, 2, 4, 3, 4, 5, 6, 5, 6]);
});
