/** Generated examples beside the training examples that they most resemble, and whether that is more than chance. */
import { kMeans, nearestCenters } from "../../math/index.ts";
import { deriveKey, fillPermutation } from "../../tensor/random/index.ts";
import { checkPair, type Features, takeRows } from "../features.ts";
import { type Neighbors, nearestNeighbors } from "../neighbors.ts";
import type { Products } from "../products.ts";
import type { Measured } from "../protocol.ts";
import { dataCopying } from "./data-copying.ts";

export interface OriginalitySets {
  /** What the model was trained on. */
  readonly training: Features;
  /** Other examples of the same distribution: what it would be to be new. */
  readonly heldOut: Features;
  readonly generated: Features;
}

export interface OriginalityOptions {
  readonly products: Products;
  readonly seed: number;
  /** Nearest training examples of each generated one. Default 1. */
  readonly k?: number;
  /**
   * Largest difference in any number between a copy and its original. Default 0. Pixels in [−1, 1] that round to the same
   * 8-bit levels differ by at most 1/127.5.
   */
  readonly tolerance?: number;
  /** Cells of the space in which copying is looked for. Default 10, or fewer where examples are few. */
  readonly cells?: number;
  readonly alpha?: number;
  readonly permutations?: number;
  readonly onProgress?: (share: number) => void;
}

export interface Originality {
  /** Nearest training examples of the generated ones. */
  readonly neighbors: Neighbors;
  /** `data-copying`, `near-training`, `neighbor-ratio` (see {@link dataCopying}) and `copies`. */
  readonly measured: readonly Measured[];
}

/** Examples that make a cell of the space worth looking at by itself. */
const wantedInCell = 100;
/** Training examples that the cells are made from. */
const mostForCells = 2000;

/**
 * Nearest training examples of every generated one, the share of exact copies, and tests of copying against held-out
 * examples: C_T over cells found by k-means on training examples (Meehan et al. 2020). In pixels this finds copies; in the
 * features of a network also blends and small shifts. Throws (UserError) where sets differ in features or are too small.
 */
export async function originality(
  { training, heldOut, generated }: OriginalitySets,
  { products, seed, k = 1, tolerance = 0, onProgress, ...options }: OriginalityOptions,
): Promise<Originality> {
  checkPair("originality", training, generated);
  checkPair("originality", training, heldOut);
  const total = generated.count + heldOut.count;
  const part = (from: number, count: number) =>
    onProgress ? { onProgress: (share: number) => onProgress((from + share * count) / total) } : {};
  const neighbors = await nearestNeighbors(generated, training, { k, products, ...part(0, generated.count) });
  const held = await nearestNeighbors(heldOut, training, {
    k: 1,
    products,
    ...part(generated.count, heldOut.count),
  });
  const nearest = Float64Array.from({ length: generated.count }, (_, i) => neighbors.distances[i * k]!);
  const cellsOf = cellFinder(training, Math.min(heldOut.count, generated.count), seed, options.cells);
  const measured = dataCopying(
    { distances: nearest, cells: cellsOf(generated) },
    { distances: held.distances, cells: cellsOf(heldOut) },
    { seed, ...options },
  );
  return { neighbors, measured: [...measured, copies(generated, training, neighbors, tolerance)] };
}

/** Cells are the regions nearest to each of a few centres of the training examples. */
function cellFinder(training: Features, smaller: number, seed: number, wanted = 10) {
  const k = Math.max(1, Math.min(wanted, Math.floor(smaller / wantedInCell), training.count));
  if (k === 1) return ({ count }: Features) => new Int32Array(count);
  const order = fillPermutation(new Int32Array(training.count), deriveKey(seed, "cells")) as Int32Array;
  const { centers } = kMeans(takeRows(training, order.subarray(0, mostForCells)), { k, seed });
  return (set: Features) => nearestCenters(set, centers);
}

/** Share of the generated examples that differ from their nearest training example by no more than `tolerance` anywhere. */
function copies(
  generated: Features,
  training: Features,
  { indices, k }: Neighbors,
  tolerance: number,
): Measured {
  const d = generated.dimensions;
  let count = 0;
  for (let i = 0; i < generated.count; i++) {
    const [a, b] = [i * d, indices[i * k]! * d];
    let j = 0;
    while (j < d && Math.abs(generated.data[a + j]! - training.data[b + j]!) <= tolerance) j++;
    if (j === d) count++;
  }
  return {
    name: "copies",
    value: count / generated.count,
    better: "lower",
    note: "Share of the generated examples that are training examples.",
    details: { count, tolerance },
  };
}
