/** What claims about models that draw pixel after pixel compare: nats of chosen pixels, completions, cached and plain samples. */
import type { Model } from "../models/model.ts";
import { trainableVariables } from "../optim/index.ts";
import type { Runtime } from "../runtime/index.ts";
import { type Shape, sizeOf } from "../tensor/index.ts";
import type { Examples } from "../train/latents.node.ts";
import type { OpenRun } from "../train/open-run.node.ts";
import { createSequential } from "../train/sequential.ts";
import type { Lab } from "./lab.node.ts";

/** Mean −log p of the pixels that `where` holds for, by place, given those before them: nats per pixel. */
export async function natsWhere(
  lab: Lab,
  run: OpenRun,
  examples: Examples,
  where: (place: number) => boolean,
): Promise<number> {
  const byPixel = lab.compile(run, "by pixel", (x) => run.model.logProbByElement!(x).mean(0).neg());
  const { data } = await byPixel(examples);
  const chosen = Array.from(data as Float32Array).filter((_, place) => where(place));
  return chosen.reduce((sum, v) => sum + v, 0) / chosen.length;
}

/** Numbers that training changes. */
export function parametersOf({ model }: Pick<OpenRun, "model">): number {
  const variables = model.phases.flatMap(({ train }) => trainableVariables(train));
  return variables.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** The largest difference between n pictures sampled with and without cache from the same random numbers. */
export async function cachedDifference(model: Model, runtime: Runtime, n: number): Promise<number> {
  const draw = async (cached: boolean): Promise<Float32Array> => {
    const sampler = model.sequential!({ temperature: 1, cached });
    const sequential = createSequential(sampler, n, { runtime, name: `drawn ${cached}`, key: "drawn" });
    const { data } = await sequential.draw({ seed: 1, portion: 0 });
    return Float32Array.from(data as Float32Array);
  };
  const [cached, plain] = [await draw(true), await draw(false)];
  return plain.reduce((most, v, i) => Math.max(most, Math.abs(v - cached[i]!)), 0);
}

/** Lists of pictures beside each other, each list a column. */
export function inColumns(columns: readonly Examples[]): Examples {
  const [n, ...shape] = columns[0]!.shape as readonly [number, ...Shape];
  const size = sizeOf(shape);
  const data = new Float32Array(n * columns.length * size);
  for (const [c, column] of columns.entries())
    for (let i = 0; i < n; i++)
      data.set(column.data.subarray(i * size, (i + 1) * size), (i * columns.length + c) * size);
  return { data, shape: [n * columns.length, ...shape] };
}

/** How many of the pictures differ in at least `least` numbers from every one counted before. */
export function countDistinct(pictures: readonly Float32Array[], least: number): number {
  const kept: Float32Array[] = [];
  for (const picture of pictures) {
    const differs = (other: Float32Array): boolean =>
      picture.reduce((count, v, i) => count + (v === other[i] ? 0 : 1), 0) >= least;
    if (kept.every(differs)) kept.push(picture);
  }
  return kept.length;
}
