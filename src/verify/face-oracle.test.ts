import { expect, test } from "vitest";
import { faceFactors, faces } from "../data/index.ts";
import { createRuntime } from "../runtime/index.ts";
import { accuracyInNoise, faceOracle } from "./face-oracle.ts";

test("the oracle names all factors of real faces, also in a little noise", async () => {
  const [n, side] = [30, 16];
  const { train } = faces({ size: side, seed: 2, length: n });
  const data = new Float32Array(n * 3 * side * side);
  const factors = new Int32Array(n * faceFactors.sizes.length);
  train.read([...Array(n).keys()], data);
  train.factors!.read([...Array(n).keys()], factors);
  const runtime = createRuntime({ device: "cpu", seed: 0 });
  const oracle = faceOracle({ runtime }, side);
  const x = { data, shape: [n, 3, side, side] };
  const seen = await oracle.see(x);
  expect(seen.factors).toEqual(factors);
  expect(seen.distance).toBeLessThan(1e-3);
  expect(await accuracyInNoise(oracle, { x, factors }, { noise: 0.02, seed: 1 })).toBe(100);
  await runtime.dispose();
});
