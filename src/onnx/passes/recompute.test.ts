import { describe, expect, it } from "vitest";
import {
  compile,
  constant,
  conv2d,
  createRuntime,
  inputTensor,
  leakyRelu,
  matmul,
  mean,
  minimize,
  network,
  sgd,
  square,
  type Tensor,
} from "../../index.ts";
import { newTrace, topologicalOrder, withTrace } from "../../tensor/index.ts";
import { peakOfGraph } from "../live-memory.ts";
import { recompute } from "./recompute.ts";

const side = 128; // 64 kB: the smallest that is worth it

/** A chain of products, in which `body` may read what came before the chain again. */
function traced(body: (x: Tensor, chain: (x: Tensor) => Tensor) => Tensor) {
  return withTrace(newTrace("test"), () => {
    const x = inputTensor("x", [side, side], "float32");
    const chain = (from: Tensor): Tensor => {
      let t = from;
      for (let i = 0; i < 24; i++) t = matmul(t, x);
      return t;
    };
    const outputs = [body(x, chain)];
    return { outputs, again: recompute(outputs) };
  });
}

const peak = (tensors: readonly Tensor[]): number =>
  peakOfGraph({ inputs: [], outputs: tensors.map((tensor) => ({ name: "y", tensor })) }).bytes /
  side ** 2 /
  4;
const count = (tensors: readonly Tensor[], op: string): number =>
  topologicalOrder(tensors).filter((t) => t.op.name === op).length;

describe("recomputation", () => {
  it("computes a cheap result again for a late reader where its operand is kept", () => {
    const { outputs, again } = traced((x, chain) => {
      const [y, z] = [x.add(1), x.add(2)];
      return matmul(matmul(chain(matmul(y, z)), y), z);
    });
    expect([count(outputs, "add"), count(again, "add")]).toEqual([2, 4]);
    expect([peak(outputs), peak(again)]).toEqual([4, 3]);
  });

  it("goes back as far as something is kept", () => {
    const { outputs, again } = traced((x, chain) => {
      const turned = (by: number): Tensor => leakyRelu(x.add(by)).transpose();
      const [y, z] = [turned(1), turned(2)];
      return matmul(matmul(chain(matmul(y, z)), y), z);
    });
    expect([count(again, "add"), count(again, "leakyRelu"), count(again, "permute")]).toEqual([4, 4, 4]);
    expect(peak(again)).toBeLessThan(peak(outputs));
  });

  it("keeps what is dear, what nothing kept gives, what is small, and what leaves the graph", () => {
    const kept = (body: Parameters<typeof traced>[0]): void => {
      const { outputs, again } = traced(body);
      expect(topologicalOrder(again)).toHaveLength(topologicalOrder(outputs).length);
    };
    kept((x, chain) => {
      const y = matmul(x, x);
      return matmul(chain(y), y);
    });
    kept((x, chain) => {
      const y = matmul(x, x).add(1); // the product is over with when y is read again
      return matmul(chain(y), y);
    });
    kept((x, chain) => {
      const y = x.slice([[0, 8]]).add(1);
      return matmul(chain(x), constant(new Float32Array(side * 8), [side, 8])).matmul(y);
    });
  });
});

it("gives the very bytes of a step without it", async () => {
  const train = async (again: boolean) => {
    const runtime = createRuntime({ device: "cpu", seed: 1, recompute: again });
    const layer = { kernel: 4, stride: 2, padding: 1 };
    const gated = (a: Tensor): Tensor => a.tanh().mul(a.sigmoid());
    const net = network("net", (x: Tensor) => {
      let h = conv2d(x, 32, layer);
      for (let i = 0; i < 4; i++) h = conv2d(gated(h), 32, { kernel: 3, padding: 1 });
      return h;
    });
    const step = compile(
      (x: Tensor) => {
        const loss = mean(square(net(x)));
        minimize(loss, net, sgd({ lr: 0.1 }));
        return loss;
      },
      { runtime, name: "step", training: true },
    );
    const x = {
      data: Float32Array.from({ length: 16 * 3 * 32 * 32 }, (_, i) => Math.sin(i)),
      shape: [16, 3, 32, 32],
    };
    const losses = await step.many([[x], [x], [x]]);
    const state = await Promise.all(runtime.names().map((name) => runtime.get(name)));
    const { peak: held } = await step.memory(x);
    await runtime.dispose();
    return { numbers: { losses, state }, bytes: held.reserved };
  };
  const [kept, again] = [await train(false), await train(true)];
  expect(again.numbers).toEqual(kept.numbers);
  expect(again.bytes).toBeLessThan(kept.bytes);
});
