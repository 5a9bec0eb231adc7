import { compile, findModel, minimize, type Runtime, type Tensor, type Value } from "../../src/index.ts";

/** Training steps in a row of the registry's DCGAN on pictures of 32×32, as narrow as can be; the last one's losses. */
export function dcgan32(runtime: Runtime): (steps: number) => Promise<readonly Value[]> {
  const { build, options } = findModel("dcgan");
  const shape = [3, 32, 32];
  const { phases } = build(options.parse({ latent: 4, width: 2 }), { kind: "image", shape });
  const step = compile(
    (x: Tensor) =>
      phases.map(({ loss, train, optimizer }) => {
        const result = loss({ x });
        const value = "loss" in result ? result.loss : result;
        minimize(value, train, optimizer);
        return value;
      }),
    { runtime, name: "dcgan", training: true },
  );
  const batch = 4;
  const data = Float32Array.from({ length: batch * 3 * 32 * 32 }, (_, i) => Math.sin(i / 50));
  const x = { data, shape: [batch, ...shape] };
  return async (steps) => {
    const calls = Array.from({ length: steps }, (): [Value] => [x]);
    const [losses] = await step.many(calls, { results: "last" });
    return losses!;
  };
}
