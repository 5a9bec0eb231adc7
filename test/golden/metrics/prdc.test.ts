import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { createProducts, precisionRecall } from "../../../src/metrics/index.ts";
import { createRuntime } from "../../../src/runtime/index.ts";
import { type TableOptions, table } from "./tables.ts";

interface Case {
  readonly name: string;
  readonly real: TableOptions;
  readonly fake: TableOptions;
  readonly k: number;
  readonly prdc: { precision: number; recall: number; density: number; coverage: number };
  readonly torchFidelity: { precision: number; recall: number };
}

const { cases }: { readonly cases: readonly Case[] } = JSON.parse(
  readFileSync(new URL("prdc.json", import.meta.url), "utf8"),
);

const runtime = createRuntime({ device: "cpu", threads: 2 });
const products = createProducts(runtime);
afterAll(() => runtime.dispose());

describe.each(cases)("$name", ({ real, fake, k, prdc, torchFidelity }) => {
  const [a, b] = [table(real), table(fake)];

  test("is prdc's", async () => {
    const got = await precisionRecall(a, b, { products, k });
    for (const name of ["precision", "recall", "density", "coverage"] as const) {
      expect(got[name]).toBeCloseTo(prdc[name], 12);
    }
  });

  test("with points on the surface inside it is torch-fidelity's, which averages in float32", async () => {
    const got = await precisionRecall(a, b, { products, k, inclusive: true });
    expect(got.precision).toBeCloseTo(torchFidelity.precision, 6);
    expect(got.recall).toBeCloseTo(torchFidelity.recall, 6);
  });

  test("does not depend on the blocks", async () => {
    const blocks = await precisionRecall(a, b, { products, k, blockRows: 37 });
    expect(blocks).toEqual(await precisionRecall(a, b, { products, k }));
  });
});
