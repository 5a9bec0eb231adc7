/** What the claims about estimators without gradients measure. */
import type { Features } from "../metrics/index.ts";
import type { Examples } from "../train/latents.node.ts";
import { readMetrics } from "../train/metrics-log.node.ts";
import type { OpenRun } from "../train/open-run.node.ts";
import type { Lab } from "./lab.node.ts";
import { applied } from "./latent-measures.ts";

/** The numbers of a fitted variable. */
export async function fitted(run: OpenRun, name: string): Promise<Float32Array> {
  return (await run.runtime.get(name)).data as Float32Array;
}

/** What was logged under a name, iteration by iteration. */
export async function logged(run: OpenRun, name: string): Promise<number[]> {
  return (await readMetrics(run.folder)).map(({ losses }) => Number(losses[`fit.${name}`]));
}

/** The place of the largest number in each row. */
export function largest({ data, shape }: Examples): Int32Array {
  const [n, width] = shape as [number, number];
  return Int32Array.from({ length: n }, (_, i) => {
    const row = data.subarray(i * width, (i + 1) * width);
    return row.indexOf(Math.max(...row));
  });
}

/** Share of equal entries. */
export function agreement(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).filter((v, i) => v === b[i]).length / a.length;
}

/** Latent vectors of examples. */
export async function codesOf(lab: Lab, run: OpenRun, x: Examples): Promise<Examples> {
  const { encode } = run.model;
  return await applied(lab, run, "codes", (v) => encode!(v))(x);
}

/** Euclidean distance of each row to the nearest of `others`. */
export function nearestDistances(rows: Features, others: Features): Float64Array {
  const d = rows.dimensions;
  return Float64Array.from({ length: rows.count }, (_, i) => {
    let least = Number.POSITIVE_INFINITY;
    for (let j = 0; j < others.count; j++) {
      let square = 0;
      for (let a = 0; a < d && square < least; a++)
        square += (rows.data[i * d + a]! - others.data[j * d + a]!) ** 2;
      least = Math.min(least, square);
    }
    return Math.sqrt(least);
  });
}

export const meanOf = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((a, b) => a + b, 0) / values.length;
