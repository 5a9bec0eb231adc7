import { UserError } from "../tensor/index.ts";
import { centreRows, type DistanceBlock, forEachBlock } from "./distance-blocks.ts";
import { checkPair, type Features } from "./features.ts";
import type { SampleMetric } from "./metric.ts";
import { distanceOf, kthDistances } from "./neighbors.ts";
import { createProducts, type Products } from "./products.ts";

export interface PrecisionRecallOptions {
  readonly products: Products;
  /** A ball reaches to the k-th nearest neighbour among its own set, itself not counted. Default 5, as prdc suggests. */
  readonly k?: number;
  /** Whether a point on the surface is inside: false (default) is `<` as in prdc, true `<=` as in torch-fidelity. */
  readonly inclusive?: boolean;
  /** As in NeighborOptions. */
  readonly blockRows?: number;
  readonly onProgress?: (share: number) => void;
}

export interface PrecisionRecall {
  /** Share of generated examples inside some real ball: how realistic. */
  readonly precision: number;
  /** Share of real examples inside some generated ball: how much is covered, misled by a single outlier. */
  readonly recall: number;
  /** Σ real balls around a generated example/k, on average: precision that one outlier cannot mislead. May exceed 1. */
  readonly density: number;
  /** Share of real balls with a generated example inside. */
  readonly coverage: number;
  /** Row numbers of generated examples outside every real ball, and of real examples outside every generated ball. */
  readonly outliers: { readonly fake: Int32Array; readonly real: Int32Array };
}

/**
 * Precision and recall (Kynkäänniemi et al. 2019, arXiv:1904.06991, eq. 1–3), density and coverage (Naeem et al. 2020,
 * arXiv:2002.09797, eq. 4 and 6) of generated examples, by the balls B(xᵢ, NND_k(xᵢ)) around each example.
 *
 * Conventions: prdc is `{ k }`; torch-fidelity's precision and recall are `{ k: 3, inclusive: true }`, its first input the
 * generated one, with distances in float32 where the features are.
 *
 * Throws (UserError) where features are not finite, rows differ in length, or a set has fewer than k + 1 rows.
 */
export async function precisionRecall(
  real: Features,
  fake: Features,
  { products, k = 5, inclusive = false, onProgress, ...options }: PrecisionRecallOptions,
): Promise<PrecisionRecall> {
  if (!Number.isInteger(k) || k < 1) {
    throw new UserError(`prdc: k is ${k}; expected a whole number from 1.`);
  }
  checkPair("prdc", real, fake, k + 1);
  const stage = (first: number, share: number) => (done: number) => onProgress?.(first + share * done);
  const radii = async (set: Features, first: number): Promise<Float64Array> =>
    await kthDistances(set, set, {
      k,
      products,
      excludeSelf: true,
      onProgress: stage(first, 0.25),
      ...options,
    });
  const balls: Balls = {
    real,
    fake,
    inclusive,
    realRadii: await radii(real, 0),
    fakeRadii: await radii(fake, 0.25),
    realBalls: new Uint32Array(fake.count),
    hits: new Uint32Array(real.count),
    insideFake: new Uint8Array(real.count),
  };
  const a = centreRows(real);
  await forEachBlock(a, centreRows(fake, a.centre), products, (block) => countBlock(balls, block), {
    onProgress: stage(0.5, 0.5),
    ...options,
  });
  return summary(balls, k);
}

/** What is known of the balls and of who is inside. */
interface Balls {
  readonly real: Features;
  readonly fake: Features;
  readonly inclusive: boolean;
  readonly realRadii: Float64Array;
  readonly fakeRadii: Float64Array;
  /** Of each generated example: real balls around it. */
  readonly realBalls: Uint32Array;
  /** Of each real ball: generated examples inside. */
  readonly hits: Uint32Array;
  /** Of each real example: whether some generated ball is around it. */
  readonly insideFake: Uint8Array;
}

function summary({ realBalls, hits, insideFake }: Balls, k: number): PrecisionRecall {
  const zeros = (counts: Uint32Array | Uint8Array): Int32Array =>
    Int32Array.from(Array.from(counts.keys()).filter((i) => counts[i] === 0));
  const outliers = { fake: zeros(realBalls), real: zeros(insideFake) };
  const [fakes, reals] = [realBalls.length, hits.length];
  return {
    precision: (fakes - outliers.fake.length) / fakes,
    recall: (reals - outliers.real.length) / reals,
    density: realBalls.reduce((a, b) => a + b, 0) / (k * fakes),
    coverage: (reals - zeros(hits).length) / reals,
    outliers,
  };
}

/** With more undecided pairs than this share of a block, summing their coordinates takes longer than a product in float64. */
const mostUndecided = 1 / 64;

async function countBlock(balls: Balls, block: DistanceBlock): Promise<void> {
  const most = Math.max(4096, block.rows * block.columns * mostUndecided);
  const few = undecided(balls, block, block.double ? Number.POSITIVE_INFINITY : most);
  const [from, places] = few
    ? [block, few]
    : await block.inDouble().then((d) => [d, undecided(balls, d, Number.POSITIVE_INFINITY)!] as const);
  countSure(balls, from);
  for (const place of places) countExactly(balls, from, place);
}

/** Places in the block of pairs that may be inside a ball but are not surely so; nothing where they are more than `most`. */
function undecided(balls: Balls, block: DistanceBlock, most: number): number[] | undefined {
  const { firstRow, rows, firstColumn, columns, products, low, high } = block;
  const found: number[] = [];
  const limits = squares(balls.fakeRadii, firstColumn, columns);
  for (let i = 0; i < rows; i++) {
    const limit = balls.realRadii[firstRow + i]! ** 2;
    for (let j = 0; j < columns; j++) {
      const twice = 2 * products[i * columns + j]!;
      const least = low[0][i]! + low[1][j]! - twice;
      if (least > limit * above && least > limits[j]! * above) continue;
      const largest = high[0][i]! + high[1][j]! - twice;
      if (open(least, largest, limit) || open(least, largest, limits[j]!)) found.push(i * columns + j);
    }
    if (found.length > most) return undefined;
  }
  return found;
}

/** Squares of radii and of distances are rounded: a little more than that. */
const above = 1 + 8 * Number.EPSILON;
const below = 1 - 8 * Number.EPSILON;

/** Whether a squared distance from `least` to `largest` may be on either side of `limit`. */
function open(least: number, largest: number, limit: number): boolean {
  return least <= limit * above && largest >= limit * below;
}

/** Counts the pairs that are surely inside. */
function countSure(balls: Balls, block: DistanceBlock): void {
  const { firstRow, rows, firstColumn, columns, products, low, high } = block;
  const limits = squares(balls.fakeRadii, firstColumn, columns);
  for (let i = 0; i < rows; i++) {
    const limit = balls.realRadii[firstRow + i]! ** 2;
    for (let j = 0; j < columns; j++) {
      const twice = 2 * products[i * columns + j]!;
      const largest = high[0][i]! + high[1][j]! - twice;
      if (largest >= limit * below && largest >= limits[j]! * below) continue;
      // A pair that is undecided in one respect is counted exactly in both.
      const least = low[0][i]! + low[1][j]! - twice;
      if (open(least, largest, limit) || open(least, largest, limits[j]!)) continue;
      count(balls, firstRow + i, firstColumn + j, largest < limit, largest < limits[j]!);
    }
  }
}

function countExactly(balls: Balls, { firstRow, firstColumn, columns }: DistanceBlock, place: number): void {
  const [row, column] = [firstRow + Math.floor(place / columns), firstColumn + (place % columns)];
  const distance = distanceOf(balls.real, row, balls.fake, column);
  const inside = (radius: number) => (balls.inclusive ? distance <= radius : distance < radius);
  count(balls, row, column, inside(balls.realRadii[row]!), inside(balls.fakeRadii[column]!));
}

function count(balls: Balls, row: number, column: number, inReal: boolean, inFake: boolean): void {
  if (inReal) {
    balls.realBalls[column]!++;
    balls.hits[row]!++;
  }
  if (inFake) balls.insideFake[row] = 1;
}

function squares(radii: Float64Array, first: number, count: number): Float64Array {
  return radii.subarray(first, first + count).map((r) => r * r);
}

export const precisionRecallMetric: SampleMetric = {
  name: "prdc",
  title: "Precision, recall, density, coverage",
  convention:
    "balls to the k-th nearest neighbour, itself not counted, points on the surface outside, float64",
  needs: "features",
  least: 6,
  settings: { k: 5 },
  async measure({ real, fake, runtime, onProgress }) {
    const result = await precisionRecall(real, fake, {
      products: createProducts(runtime),
      ...(onProgress && { onProgress }),
    });
    const { precision, recall, density, coverage, outliers } = result;
    return [
      {
        name: "precision",
        value: precision,
        better: "higher",
        details: { outliers: outliers.fake.length },
      },
      { name: "recall", value: recall, better: "higher", details: { outliers: outliers.real.length } },
      { name: "density", value: density, better: "higher", note: "1 for equal distributions; may exceed 1." },
      { name: "coverage", value: coverage, better: "higher", note: coverageNote(real.count, fake.count) },
    ];
  },
};

/** What coverage comes to where both distributions are equal: 1 − Πᵢ₌₀ᵏ⁻¹ (n − 1 − i)/(n + m − 1 − i). */
export function expectedCoverage(real: number, fake: number, k: number): number {
  // Of a real example's n − 1 + m others, the k nearest must all be real for its ball to be empty.
  let empty = 1;
  for (let i = 0; i < k; i++) empty *= (real - 1 - i) / (real - 1 + fake - i);
  return 1 - empty;
}

function coverageNote(real: number, fake: number): string {
  return `${expectedCoverage(real, fake, 5).toFixed(3)} is expected of equal distributions.`;
}
