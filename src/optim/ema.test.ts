import { describe, expect, it } from "vitest";
import { compile, createRuntime } from "../runtime/index.ts";
import { add, assign, mul, type RandomStream, read, type Tensor, type Variable } from "../tensor/index.ts";
import { ema, useAverages } from "./ema.ts";

const random = (name: string, trainable = true): Variable => ({
  name,
  shape: [2],
  dtype: "float32",
  trainable,
  init: (_, stream: RandomStream) => stream.normal(new Float32Array(2)),
});

/** A network whose parameters exist only after its first call, as those of nn/ do. */
function lazyNetwork(name: string) {
  const made: Variable[] = [];
  const call = (x: Tensor): Tensor => {
    if (made.length === 0) made.push(random(`${name}/w`), random(`${name}/statistic`, false));
    return add(mul(x, read(made[0]!)), read(made[1]!));
  };
  return { name, call, w: () => made[0]!, variables: () => made };
}

describe("ema", () => {
  it("starts at the parameters, follows them, and is read only inside useAverages", async () => {
    const runtime = createRuntime({ device: "cpu" });
    const [G, D] = [lazyNetwork("G"), lazyNetwork("D")];
    const averages = ema(G, { decay: 0.75 });
    const look = compile(
      (x: Tensor) => {
        const averaged = useAverages(averages, () => ({ g: G.call(x), d: D.call(x) }));
        return { averaged, g: G.call(x), d: D.call(x) };
      },
      { runtime },
    );
    const train = compile(
      (x: Tensor) => {
        const y = G.call(x);
        assign(G.w(), add(read(G.w()), 1));
        averages.update();
        return y;
      },
      { runtime },
    );
    const before = await look(1);
    expect([...before.averaged.g.data]).toEqual([...before.g.data]);
    await train(1);
    await train(1);
    const after = await look(1);
    expect([...after.averaged.d.data]).toEqual([...after.d.data]);
    for (const i of [0, 1]) {
      const start = Number(before.g.data[i]);
      expect(after.g.data[i]).toBeCloseTo(start + 2, 5);
      // θ̄: 0 → 0.25 → 0.75·0.25 + 0.25·2 beyond the start.
      expect(after.averaged.g.data[i]).toBeCloseTo(start + 0.6875, 5);
    }
    expect(runtime.names()).toContain("ema/G/w");
    expect(runtime.names()).not.toContain("ema/G/statistic");
    expect(runtime.names()).not.toContain("ema/D/w");
    await runtime.dispose();
  });

  it("has a short memory at first with warmup", async () => {
    const runtime = createRuntime({ device: "cpu" });
    const w = random("w");
    const averages = ema([w], { decay: 0.999, warmup: true });
    const step = compile(
      () => {
        const start = read(w);
        assign(w, add(start, 10));
        averages.update();
        return { start, average: read(averages.average(w)!) };
      },
      { runtime },
    );
    const first = await step();
    // At t = 0 the decay is 1/10, so nine tenths of the way are made.
    expect(Number(first.average.data[0]) - Number(first.start.data[0])).toBeCloseTo(9, 4);
    await runtime.dispose();
  });

  it("refuses a decay of 1 and an update before the network has parameters", async () => {
    expect(() => ema([], { decay: 1 })).toThrow("decay is 1, expected 0 ≤ decay < 1");
    expect(() => ema([], { decay: 0.9 }).update()).toThrow("there is no parameter to average");
  });
});
