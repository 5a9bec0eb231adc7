/** Which outputs of masked layers depend on which inputs. */
import { afterAll, describe, expect, test } from "vitest";
import { compile, createRuntime } from "../runtime/index.ts";
import { createStream, grad, type Tensor } from "../tensor/index.ts";
import {
  type Degrees,
  hiddenDegrees,
  inputDegrees,
  type MaskedMlpOptions,
  maskedDense,
  maskedMlp,
  network,
  pixelOrder,
  pixelOrders,
  rasterOrder,
  spiralOrder,
} from "./index.ts";

const runtime = createRuntime({ device: "cpu", threads: 1, seed: 1 });
afterAll(() => runtime.dispose());
const values = (shape: number[], key: number) => ({
  data: createStream([key, 1]).normal(new Float32Array(shape.reduce((a, b) => a * b, 1))),
  shape,
});
let nets = 0;

/** |∂ output j / ∂ input i| of a network of D variables, [i][j], and of its condition. */
async function dependence(D: number, options: Omit<MaskedMlpOptions, "condition">, conditions = 0) {
  const net = network(`net${nets++}`, (x: Tensor, condition: Tensor | undefined) =>
    maskedMlp(x, { ...options, activation: (h) => h.tanh(), ...(condition && { condition }) }),
  );
  const f = compile(
    (x: Tensor, c: Tensor) => {
      const outputs = net(x, conditions > 0 ? c : undefined);
      const columns = outputs.flatMap((y) => Array.from({ length: D }, (_, j) => y.narrow(1, j, 1).sum()));
      return columns.map((y) => grad(y, [x, c], { unused: "zero" }).map((g) => g.abs().sum(0)));
    },
    { runtime, training: false, name: `dependence${nets}` },
  );
  return (await f(values([5, D], 3), values([5, Math.max(1, conditions)], 4))).map(([x, c]) => ({
    of: [...(x!.data as Float32Array)].map((g) => g !== 0),
    ofCondition: [...(c!.data as Float32Array)].map((g) => g !== 0),
  }));
}

describe("a masked perceptron", () => {
  const orders = { raster: rasterOrder(1, 6), spiral: spiralOrder(2, 3), reversed: [5, 4, 3, 2, 1, 0] };
  const shapes: [string, Omit<MaskedMlpOptions, "condition">][] = [
    ["two layers", { hidden: [30, 40] }],
    ["no hidden layer", { hidden: [] }],
    ["a direct connection", { hidden: [3], direct: true }],
    ["two outputs", { hidden: [30], outputs: 2 }],
  ];
  for (const [name, order] of Object.entries(orders)) {
    test.each(shapes)(`in ${name} order with %s depends on exactly what comes before`, async (_, options) => {
      const degrees = inputDegrees(order);
      const found = await dependence(6, { ...options, order });
      expect(found.length).toBe(6 * (options.outputs ?? 1));
      found.forEach(({ of }, j) => {
        expect(of).toEqual(degrees.map((d) => d < degrees[j % 6]!));
      });
    });
  }

  test.each([1, 4])("of %i variables sees its condition everywhere", async (D) => {
    const found = await dependence(D, { hidden: [20, 20] }, 3);
    for (const { ofCondition } of found) expect(ofCondition).toEqual([true, true, true]);
    found.forEach(({ of }, j) => void expect(of).toEqual(of.map((_, i) => i < j)));
  });
});

describe("degrees", () => {
  test("made inside the graph mask as those given as numbers", async () => {
    const [from, to] = [
      [1, 2, 3, 4],
      [0, 1, 2, 3, 3, 4],
    ];
    const net = network("degrees", (x: Tensor, a: Degrees, b: Degrees) =>
      maskedDense(x, { from: a, to: b, strict: true }),
    );
    const options = { runtime, training: false };
    const f = compile((x: Tensor, a: Tensor, b: Tensor) => net(x, a, b), { ...options, name: "tensors" });
    const g = compile((x: Tensor) => net(x, from, to), { ...options, name: "numbers" });
    const x = values([3, 4], 5);
    const int = (list: number[]) => ({ data: Int32Array.from(list), shape: [list.length] });
    expect((await f(x, int(from), int(to))).data).toEqual((await g(x)).data);
  });

  test("of hidden units are spread over all that are of use, or drawn from them", () => {
    expect(hiddenDegrees(6, { variables: 4 })).toEqual([1, 1, 2, 2, 3, 3]);
    expect(hiddenDegrees(4, { variables: 4, lowest: 0 })).toEqual([0, 1, 2, 3]);
    expect(hiddenDegrees(2, { variables: 9 })).toEqual([3, 7]);
    expect(hiddenDegrees(3, { variables: 1 })).toEqual([1, 1, 1]);
    const drawn = hiddenDegrees(3000, { variables: 4, random: createStream([1, 2]) });
    for (const d of [1, 2, 3]) {
      const count = drawn.filter((m) => m === d).length;
      expect(Math.abs(count - 1000)).toBeLessThan(130); // five standard deviations
    }
  });

  test("need an order in which each variable comes once", () => {
    expect(inputDegrees([2, 0, 1])).toEqual([2, 3, 1]);
    for (const wrong of [
      [0, 0, 1],
      [0, 1, 3],
      [1, 2],
    ])
      expect(() => inputDegrees(wrong)).toThrow(/each of 0 … \d comes once/);
  });
});

describe("orders of pixels", () => {
  test("a spiral turns from the middle outwards", () => {
    expect(spiralOrder(3, 3)).toEqual([4, 3, 6, 7, 8, 5, 2, 1, 0]);
    expect(spiralOrder(2, 3)).toEqual([3, 4, 5, 2, 1, 0]);
    expect(spiralOrder(1, 3)).toEqual([2, 1, 0]);
  });

  test("columns go down, reversed ones back up", () => {
    expect(pixelOrder("columns", [1, 2, 3])).toEqual([0, 3, 1, 4, 2, 5]);
    expect(pixelOrder("columns-reversed", [1, 2, 3])).toEqual([5, 2, 4, 1, 3, 0]);
    expect(pixelOrder("raster", [2, 1, 2])).toEqual([0, 1, 2, 3]);
  });

  test.each(pixelOrders)("%s has every element once", (name) => {
    const order = pixelOrder(name, [3, 5, 4], 1);
    expect([...order].sort((a, b) => a - b)).toEqual(rasterOrder(12, 5));
  });

  test("random ones differ by their seed", () => {
    expect(pixelOrder("random", [1, 4, 4], 1)).not.toEqual(pixelOrder("random", [1, 4, 4], 2));
  });
});
