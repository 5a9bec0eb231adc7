/** Networks evaluated pixel by pixel give what they give on whole pictures. */
import { afterAll, describe, expect, test } from "vitest";
import { compile, createRuntime, type Value } from "../runtime/index.ts";
import { concat, narrow, onesLike, sigmoid, type Tensor, tanh } from "../tensor/index.ts";
import { createSequential } from "../train/sequential.ts";
import {
  conv2d,
  dense,
  maskedConv2d,
  network,
  perPicture,
  rasterSampler,
  shiftDown,
  shuffleUp,
  weightNorm,
  withWeights,
} from "./index.ts";

const runtime = createRuntime({ device: "cpu", threads: 1, seed: 3 });
afterAll(() => runtime.dispose());

type Body = (x: Tensor, colors: number) => Tensor;
type Studied = { readonly body: Body; readonly channels?: number; readonly wholeRows?: boolean };
/** A vertical and a horizontal stack, at the size of x. */
function stacks(x: Tensor, layers: number, kernel = 3): Tensor {
  let vertical = maskedConv2d(x, 5, { kernel, mask: "rows" });
  let horizontal = maskedConv2d(x, 4, { kernel: [1, kernel], mask: "A" });
  for (let i = 0; i < layers; i++) {
    horizontal = tanh(horizontal.add(conv2d(shiftDown(vertical), 4, { kernel: 1 })));
    horizontal = maskedConv2d(horizontal, 4, { kernel: [1, 3], mask: "B" });
    vertical = maskedConv2d(tanh(vertical), 5, { kernel: 3, mask: "rows", dilation: 1 + (i % 2) });
  }
  return horizontal;
}

/** Down to a quarter of the size and up again, in both stacks, with short-cuts. */
function threeSizes(x: Tensor): Tensor {
  const [v, h] = [
    maskedConv2d(x, 4, { kernel: 3, mask: "rows" }),
    maskedConv2d(x, 4, { kernel: 3, mask: "A" }),
  ];
  const joined = h.add(shiftDown(v));
  const half = maskedConv2d(tanh(v), 4, { kernel: 3, mask: "rows", stride: 2 });
  const halfH = maskedConv2d(tanh(joined), 4, { kernel: 3, mask: "B", stride: 2 }).add(shiftDown(half));
  const quarter = maskedConv2d(tanh(half), 4, { kernel: 3, mask: "rows", stride: 2 });
  const quarterH = maskedConv2d(tanh(halfH), 4, { kernel: 3, mask: "B", stride: 2 }).add(shiftDown(quarter));
  const middle = maskedConv2d(tanh(quarterH), 16, { kernel: 3, mask: "B" });
  const upH = shuffleUp(middle).add(halfH);
  const up = shuffleUp(conv2d(tanh(quarter), 16, { kernel: 1 })).add(half);
  const last = maskedConv2d(tanh(upH.add(shiftDown(up))), 16, { kernel: 3, mask: "B" });
  const top = shuffleUp(conv2d(tanh(up), 16, { kernel: 1 })).add(v);
  return maskedConv2d(tanh(shuffleUp(last).add(shiftDown(top))), 3, { kernel: 3, mask: "B" });
}

const bodies: { readonly [title: string]: Studied } = {
  "one stack": {
    body(x) {
      const first = maskedConv2d(concat([x, onesLike(x)], 1), 6, { kernel: 5, mask: "A" });
      const second = maskedConv2d(tanh(first), 6, { kernel: 3, mask: "B", dilation: 2 });
      return conv2d(sigmoid(second).add(first), 2, { kernel: 1 });
    },
  },
  "three colours": {
    body(x, colors) {
      const first = maskedConv2d(x, 6, { kernel: 3, mask: "A", colors });
      const second = maskedConv2d(tanh(first), 6, { kernel: 3, mask: "B", colors });
      return maskedConv2d(tanh(second), 6, { kernel: 1, mask: "B", colors });
    },
    channels: 3,
  },
  "two stacks": { body: (x) => stacks(x, 3), wholeRows: true },
  "weight normalisation": { body: (x) => withWeights(weightNorm, () => stacks(x, 1, 5)), wholeRows: true },
  "three sizes": { body: threeSizes, wholeRows: true },
};

describe("a network evaluated pixel by pixel", () => {
  test.each(Object.entries(bodies))(
    "%s: as on the whole picture",
    async (title, { body, channels = 1, wholeRows = false }) => {
      const [n, height, width] = [2, 8, 12];
      const net = network(title.replaceAll(" ", "-"), (x: Tensor, y?: Tensor) =>
        body(x, channels).add(perPicture(dense(y!.cast("float32").reshape([-1, 1]), 1))),
      );
      const values = (parameters: Tensor): Tensor => tanh(narrow(parameters, 1, 0, channels).mul(3));
      const start = { y: { data: Int32Array.of(0, 1), shape: [n] } };
      const draw = (cached: boolean): Promise<Value> => {
        const options = { shape: [channels, height, width], network: net, classes: 2, wholeRows };
        const sampler = rasterSampler({ ...options, draw: values, colors: channels, cached });
        const name = `${title} ${cached}`;
        return createSequential(sampler, n, { runtime, name, key: title }).draw({
          seed: 1,
          portion: 0,
          start,
        });
      };
      const cached = await draw(true);
      expectClose(cached, await draw(false));
      const whole = compile((x: Tensor, y: Tensor) => values(net(x, y)), { runtime, name: `${title} whole` });
      if (channels === 1) expectClose(cached, await whole(cached, start.y));
      expect(new Set(cached.data as Float32Array).size).toBeGreaterThan((n * height * width) / 2);
    },
  );

  test("keeps what is given, and completes it from what comes before", async () => {
    const net = network("completed", (x: Tensor) => maskedConv2d(x, 1, { kernel: 3, mask: "A" }));
    const sampler = rasterSampler({ shape: [1, 4, 4], network: net, draw: tanh, cached: true });
    const x = { data: Float32Array.from({ length: 16 }, (_, i) => i / 16), shape: [1, 1, 4, 4] };
    const mask = { data: Float32Array.from({ length: 16 }, (_, i) => (i < 8 ? 1 : 0)), shape: [1, 1, 4, 4] };
    const sequential = createSequential(sampler, 1, { runtime, name: "completed" });
    const done = await sequential.draw({ seed: 1, portion: 0, start: { given: { x, mask } } });
    expect([...(done.data as Float32Array)].slice(0, 8)).toEqual([...x.data].slice(0, 8));
    const whole = await compile((t: Tensor) => tanh(net(t)), { runtime, name: "whole" })(done);
    expectClose({ ...done, data: done.data.slice(8) }, { ...whole, data: whole.data.slice(8) });
  });
});

function expectClose({ data }: Value, other: Value): void {
  const [got, wanted] = [data as Float32Array, other.data as Float32Array];
  expect(got.length).toBe(wanted.length);
  got.forEach((v, i) => void expect(v).toBeCloseTo(wanted[i]!, 4));
}
