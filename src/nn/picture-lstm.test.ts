/** The recurrent layers of pictures: skewing, their formulas, and rows one after another. */
import { afterAll, describe, expect, test } from "vitest";
import { compile, createRuntime } from "../runtime/index.ts";
import { constant, createStream, narrow, type Tensor, zeros } from "../tensor/index.ts";
import { diagonalLstm, network, type PictureLstm, rowLstm, skew, unskew } from "./index.ts";

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

describe("skew", () => {
  test("shifts each row by its number, and unskew shifts it back", async () => {
    const x = constant([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3]);
    const skewed = await run(() => skew(x));
    expect(skewed.shape).toEqual([1, 3, 5]);
    expect(skewed.data).toEqual([1, 2, 3, 0, 0, 0, 4, 5, 6, 0, 0, 0, 7, 8, 9]);
  });

  test.each([
    [[2, 4, 3], -2],
    [[1, 5], -2],
    [[6, 1], -2],
    [[2, 3, 5, 4, 2], 1],
    [[3, 3, 7], 0],
  ] as const)("of a map %j along axis %i is undone by unskew", async (shape, axis) => {
    const x = values(shape, 3);
    const back = await run(() => unskew(skew(constant(x.data, x.shape), axis), axis));
    expect(back).toEqual({ data: [...x.data], shape: x.shape });
  });

  test("unskew refuses what skew cannot have made", async () => {
    await expect(run(() => unskew(zeros([3, 2])))).rejects.toThrow("at least 3");
  });
});

type Cell = (x: Tensor, options?: { above?: PictureLstm["last"]; condition?: Tensor }) => PictureLstm;
const hidden = 2;
const cells: [string, Cell][] = [
  ["rowLstm", (x, options) => rowLstm(x, hidden, options)],
  ["diagonalLstm", (x, options) => diagonalLstm(x, hidden, options)],
];
const [N, C, H, W] = [2, 3, 4, 5];

/** A layer's map of one picture in loops of plain numbers, from the variables of its network. */
type Loops = (x: (c: number, row: number, column: number) => number, weight: Weights) => number[][][];
interface Weights {
  /** Sum for one gate of inputs in the order of the kernel's rows. */
  gates(inputs: readonly number[], direction?: number): number[];
}
const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));
function cellOf(sums: readonly number[], c: readonly number[]): { h: number[]; c: number[] } {
  const at = (gate: number, k: number): number => sums[gate * hidden + k]!; // o, f, i, g
  const memory = c.map((v, k) => sigmoid(at(1, k)) * v + sigmoid(at(2, k)) * Math.tanh(at(3, k)));
  return { h: memory.map((v, k) => sigmoid(at(0, k)) * Math.tanh(v)), c: memory };
}
const nothing = [0, 0];

const rowLoops: Loops = (x, { gates }) => {
  const map: number[][][] = [];
  let above: { h: number[]; c: number[] }[] = [];
  const channels = (row: number, column: number): number[] => [0, 1, 2].map((c) => x(c, row, column));
  for (let row = 0; row < H; row++) {
    const states = Array.from({ length: W }, (_, column) => {
      const before = [-1, 0, 1].flatMap((d) => above[column + d]?.h ?? nothing);
      const sums = gates([...before, ...channels(row, column - 1), ...channels(row, column)]);
      return cellOf(sums, above[column]?.c ?? nothing);
    });
    map.push(states.map(({ h }) => h));
    above = states;
  }
  return map;
};

const diagonalLoops: Loops = (x, { gates }) => {
  const read = (direction: number): number[][][] => {
    const map: number[][][] = [];
    for (let row = 0; row < H; row++) {
      let left = { h: nothing, c: nothing };
      map.push(
        Array.from({ length: W }, (_, column) => {
          const real = direction === 0 ? column : W - 1 - column;
          const pixel = [0, 1, 2].map((c) => x(c, row, real));
          left = cellOf(
            gates([...left.h, ...(map[row - 1]?.[column] ?? nothing), ...pixel], direction),
            left.c,
          );
          return left.h;
        }),
      );
    }
    return map;
  };
  const [fromLeft, fromRight] = [read(0), read(1)];
  return fromLeft.map((line, row) =>
    line.map((h, column) => h.map((v, k) => v + (fromRight[row - 1]?.[W - 1 - column]?.[k] ?? 0))),
  );
};

describe.each(cells)("%s", (name, cell) => {
  const x = values([N, C, H, W], 5);

  test("computes its formulas", async () => {
    const net = network(`${name}Formulas`, cell);
    const got = await run(() => net(constant(x.data, x.shape)).output);
    expect(got.shape).toEqual([N, hidden, H, W]);
    const variables = await Promise.all(net.variables().map((v) => runtime.get(v.name)));
    const [weight, bias] = variables as [(typeof variables)[0], (typeof variables)[0]];
    const fanIn = weight.shape.at(-2)!;
    const gates: Weights["gates"] = (inputs, direction = 0) =>
      Array.from({ length: 4 * hidden }, (_, g) =>
        inputs.reduce(
          (sum, v, i) => sum + v * Number(weight.data[(direction * fanIn + i) * 4 * hidden + g]),
          Number(bias.data[direction * 4 * hidden + g]),
        ),
      );
    const at = (n: number) => (c: number, row: number, column: number) =>
      column < 0 ? 0 : x.data[((n * C + c) * H + row) * W + column]!;
    for (let n = 0; n < N; n++) {
      const map = (name === "rowLstm" ? rowLoops : diagonalLoops)(at(n), { gates });
      for (let k = 0; k < hidden; k++)
        for (let row = 0; row < H; row++)
          for (let column = 0; column < W; column++)
            expect(got.data[((n * hidden + k) * H + row) * W + column]).toBeCloseTo(
              map[row]![column]![k]!,
              5,
            );
    }
  });

  test("row by row gives what the whole picture gives, with a condition", async () => {
    const net = network(`${name}Rows`, cell);
    const [picture, condition] = [
      constant(x.data, x.shape),
      constant(values([N, 2, H, W], 6).data, [N, 2, H, W]),
    ];
    const whole = await run(() => net(picture, { condition }).output);
    const parts = await run(() => {
      let above: PictureLstm["last"] | undefined;
      return Array.from({ length: H }, (_, row) => {
        const known = { condition: narrow(condition, 2, row, 1), ...(above && { above }) };
        const { output, last } = net(narrow(picture, 2, row, 1), known);
        above = last;
        return output;
      }).reduce((rows, row) =>
        rows
          .reshape([N, hidden, -1, W])
          .pad([
            [0, 0],
            [0, 1],
            [0, 0],
          ])
          .add(
            row.pad([
              [0, 0],
              [rows.shape[2]!, 0],
              [0, 0],
            ]),
          ),
      );
    });
    parts.data.forEach((v, i) => void expect(v).toBeCloseTo(whole.data[i]!, 5));
  });

  test("a state of another picture is refused", async () => {
    const net = network(`${name}Refuses`, cell);
    const above = { h: zeros([1]), c: zeros([1]) };
    await expect(run(() => net(zeros([1, 1, 2, 2]), { above }).output)).rejects.toThrow("state above");
  });
});
