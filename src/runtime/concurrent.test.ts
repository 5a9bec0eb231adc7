import { afterEach, describe, expect, it } from "vitest";
import {
  compile,
  conv2d,
  createRuntime,
  mean,
  minimize,
  network,
  type Runtime,
  sgd,
  square,
  type Tensor,
} from "../index.ts";

const waves = (...shape: number[]) => ({
  data: Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, (_, i) => Math.sin(i)),
  shape,
});
let runtime: Runtime;
afterEach(() => runtime.dispose());

/** `sample` gives the weights plain order; a `step` compiled later moves them to another. */
function model() {
  runtime = createRuntime({ device: "cpu", seed: 1 });
  const G = network("G", (x: Tensor) =>
    conv2d(conv2d(x, 32, { kernel: 3, padding: 1 }), 32, { kernel: 3, padding: 1, stride: 2 }),
  );
  const stepOf = (name: string, lr: number) =>
    compile(
      (x: Tensor) => {
        const loss = mean(square(G(x)));
        minimize(loss, G, sgd({ lr, name }));
        return loss;
      },
      { runtime, name },
    );
  return {
    sample: compile((x: Tensor) => G(x), { runtime, name: "sample" }),
    still: stepOf("still", 0),
    a: stepOf("a", 0.1),
    b: stepOf("b", 0.1),
  };
}

describe("functions that share variables, compiled at once", () => {
  it("a value read while its variable moves is right", async () => {
    const { sample, still } = model();
    await sample(waves(8, 32, 8, 8));
    const before = await runtime.get("G/conv_2/weight");
    const moving = still(waves(8, 32, 8, 8));
    const reads: Promise<unknown>[] = [];
    for (let i = 0; i < 400; i++) {
      reads.push(runtime.get("G/conv_2/weight"));
      await Promise.resolve();
    }
    for (const value of await Promise.all(reads)) expect(value).toEqual(before);
    await moving;
  });
  it.each(["two functions", "two shapes"])("%s", async (kind) => {
    const run = async (atOnce: boolean) => {
      const { sample, a, b } = model();
      await sample(waves(8, 32, 8, 8));
      const calls = [
        () => a(waves(8, 32, 8, 8)),
        () => (kind === "two shapes" ? a : b)(waves(9, 32, 8, 8)),
        () => sample(waves(8, 32, 8, 8)),
      ];
      if (atOnce) await Promise.all(calls.map((call) => call()));
      else for (const call of calls) await call();
      return runtime.get("G/conv_2/weight");
    };
    const inTurn = await run(false);
    await runtime.dispose();
    expect(await run(true)).toEqual(inTurn);
  });
});
