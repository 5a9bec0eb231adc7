/** The golden cases as groups, and what the native CPU makes of them. */
import { readFileSync } from "node:fs";
import type { Runtime } from "../../src/index.ts";
import { families, type GoldenFile } from "../golden/cases.ts";
import { batches } from "../golden/evaluate.ts";
import { compare, type PlainTensors } from "./results.ts";
import { operations } from "./suite.ts";

/** Largest relative difference allowed, ‖a − b‖ / ‖b‖ for each tensor. */
export const tolerance = 1e-4;

/** Few sessions, but none so large that its failure says nothing. */
const perGraph = 60;

export interface Group {
  readonly name: string;
  readonly family: string;
  readonly batch: GoldenFile;
}

export const groups: readonly Group[] = Object.keys(families).flatMap((family) => {
  const file: GoldenFile = JSON.parse(
    readFileSync(new URL(`../golden/data/${family}.json`, import.meta.url), "utf8"),
  );
  return batches(file, perGraph).map((batch, i) => ({ name: `${family} ${i + 1}`, family, batch }));
});

export function onCpu(runtime: Runtime, { family, batch }: Group): Promise<PlainTensors> {
  return operations(runtime, family, batch);
}

/** The tensors that differ by more than the tolerance: none, if all is well. */
export function disagreements(got: PlainTensors, reference: PlainTensors): string[] {
  return compare(got, reference)
    .filter(({ difference }) => !(difference <= tolerance))
    .map(({ name, difference }) => `${name}: ${difference.toExponential(1)}`);
}
