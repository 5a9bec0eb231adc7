import { atomicWrite } from "../data/atomic-write.node.ts";
import { UserError } from "../tensor/index.ts";
import { exampleEncoder, type LatentSpace, latentSpace } from "./latent-space.node.ts";
import type { Examples } from "./latents.node.ts";
import type { OpenRun } from "./open-run.node.ts";
import { checkCount, checkFree, endingOf, type OutputOptions } from "./output.node.ts";
import { testExamples } from "./reconstruct.node.ts";
import type { Written } from "./sample.node.ts";
import { sheetPng } from "./sheet.node.ts";

export interface TraversalOptions {
  /** Which latent variables, one row each. Default: up to 10, those whose codes vary most over test examples first. */
  readonly dimensions?: readonly number[];
  /** Pictures in a row. Default 11. */
  readonly steps?: number;
  /** How far to go to either side, in standard deviations of the prior (without one: of the codes). Default 3. */
  readonly range?: number;
  /** Number of the test example whose code is the starting point. Default: the middle, z = 0. */
  readonly from?: number;
  /** The class to draw, for conditional models. */
  readonly label?: number;
}

export interface TraverseOptions extends TraversalOptions, OutputOptions {}

/** Pictures of a traversal, row after row. */
export interface Traversal {
  readonly examples: Examples;
  /** The latent variable that each row varies. */
  readonly dimensions: readonly number[];
  readonly steps: number;
}

const mostRows = 10;

/**
 * What each latent variable does: row i shows z with variable dᵢ going from −range to +range standard deviations about the
 * middle while the others stay where they are. Serves every model that generates from a prior, or encodes and decodes.
 * Throws (UserError) where a variable or example does not exist, or the model has no latent vectors.
 */
export async function traversal(run: OpenRun, options: TraversalOptions = {}): Promise<Traversal> {
  const { steps = 11, range = 3, from, label } = options;
  checkCount("the number of steps", steps, 2, 1000);
  if (!(range > 0 && Number.isFinite(range)))
    throw new UserError(`the range is ${range}, expected a positive number of standard deviations.`);
  const space = await latentSpace(run, label === undefined ? {} : { label });
  const dimensions = options.dimensions ?? space.order.slice(0, mostRows);
  for (const d of dimensions) checkCount("a latent variable", d, 0, space.size - 1);
  const start = from === undefined ? space.centre : await codeOf(run, from, space);
  const z = new Float32Array(dimensions.length * steps * space.size);
  dimensions.forEach((d, row) => {
    for (let i = 0; i < steps; i++) {
      const at = (row * steps + i) * space.size;
      z.set(start, at);
      z[at + d] = space.centre[d]! + space.spread[d]! * range * ((2 * i) / (steps - 1) - 1);
    }
  });
  const shape = [dimensions.length * steps, ...space.shape];
  return { examples: await space.decode({ data: z, shape }), dimensions, steps };
}

/** Writes a traversal as a sheet of pictures, one row for each latent variable. */
export async function traverse(
  run: OpenRun,
  { out, overwrite = false, ...options }: TraverseOptions,
): Promise<Written & Pick<Traversal, "dimensions">> {
  endingOf(out, [".png"]);
  if (run.spec.kind === "points")
    throw new UserError(`${run.definition.name} makes points; a traversal is a sheet of pictures.`);
  checkFree({ out, overwrite });
  const { examples, dimensions, steps } = await traversal(run, options);
  await atomicWrite(out, await sheetPng(examples, { columns: steps }));
  return { out, files: 1, shape: examples.shape, dimensions };
}

async function codeOf(run: OpenRun, index: number, { size }: LatentSpace): Promise<Float32Array> {
  checkCount("the number of a test example", index, 0, Number.MAX_SAFE_INTEGER);
  const { data, shape } = await exampleEncoder(run)(await oneTestExample(run, index));
  if (shape[1] === size) return data;
  throw new UserError(
    `${run.definition.name} encodes to ${shape[1]} numbers, but generates from ${size}; leave the starting point out.`,
  );
}

/** Test example number `index` of the run's data: [1, …]. Throws (UserError) where there are not as many. */
export async function oneTestExample(run: OpenRun, index: number): Promise<Examples> {
  const { data, shape } = await testExamples(run, { n: index + 1 });
  if (shape[0]! <= index)
    throw new UserError(`There is no test example ${index}; there are ${shape[0]}, counted from 0.`);
  const size = data.length / shape[0]!;
  return { data: data.slice(index * size), shape: [1, ...shape.slice(1)] };
}
