/** What every backend computes; runs in Node and in a page. */
import { compile, type Runtime, type Tensor } from "../../src/index.ts";
import type { GoldenFile } from "../golden/cases.ts";
import { type CaseInputs, evaluateAll, inputsOf } from "../golden/evaluate.ts";
import { flatten, type PlainTensors } from "./results.ts";

/** Values, first and second derivatives of all cases of `batch`, in one graph. */
export async function operations(runtime: Runtime, family: string, batch: GoldenFile): Promise<PlainTensors> {
  const f = compile((inputs: Record<string, CaseInputs<Tensor>>) => evaluateAll(family, batch)(inputs), {
    runtime,
    name: family,
  });
  const inputs = Object.entries(batch).map(([name, golden]) => [name, inputsOf(golden)] as const);
  return flatten(await f(Object.fromEntries(inputs)));
}
