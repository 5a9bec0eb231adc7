/**
 * Is a model's sample nearer to its training data than new data are? Meehan, Chaudhuri & Dasgupta 2020, "A
 * non-parametric test to detect data-copying in generative models", arXiv:2004.05675.
 *
 *   Z(π) = Mann–Whitney z of d(generated, T) against d(held out, T) in cell π
 *   C_T = Σ_π P(π) Z(π) / Σ_π P(π),  P(π) the share of the held-out examples in π, over cells with enough of both
 */
import { UserError } from "../../tensor/index.ts";
import { deriveKey, fillPermutation } from "../../tensor/random/index.ts";
import type { Measured } from "../protocol.ts";
import { mannWhitney, mannWhitneyOfRanks, midRanks } from "./mann-whitney.ts";

/** Distances of examples to their nearest training example, and the cell of the space in which each lies. */
export interface TrainingDistances {
  readonly distances: ArrayLike<number>;
  /** Cell numbers. Default: all in one. */
  readonly cells?: ArrayLike<number>;
}

export interface DataCopyingOptions {
  readonly seed: number;
  /** α: a generated example is near the training data where fewer than this share of held-out ones are. Default 0.05. */
  readonly alpha?: number;
  /** Permutations of the labels that make the null distribution. Default 999. */
  readonly permutations?: number;
}

/** Fewest examples of each kind that a cell must hold to count (section 4 of the paper: 20 generated). */
const leastInCell = 20;

interface Statistics {
  readonly copying: number;
  readonly near: number;
  readonly ratio: number;
}

/**
 * Three measures of copying, each with what it would be were the generated examples as new as the held-out ones: the null
 * distribution shuffles which distances are generated and which held out, so that its p-values are exact.
 *
 * - `data-copying`: C_T. Far below 0 copies, far above 0 lies farther from the training data than new data do.
 * - `near-training`: share of the generated examples nearer to the training data than the α-quantile of the held-out ones.
 * - `neighbor-ratio`: median distance of the generated over that of the held-out examples.
 *
 * Details: `pValue`, the share of shuffles at least as much like copying; `nullLow`, `nullHigh`, their central 95 %.
 */
export function dataCopying(
  generated: TrainingDistances,
  heldOut: TrainingDistances,
  { seed, alpha = 0.05, permutations = 999 }: DataCopyingOptions,
): Measured[] {
  const [m, n] = [generated.distances.length, heldOut.distances.length];
  if (m < leastInCell || n < leastInCell) {
    throw new UserError(
      `data-copying needs at least ${leastInCell} generated and ${leastInCell} held-out examples, got ${m} and ${n}; give more of them.`,
    );
  }
  const all = Float64Array.from([...Array.from(generated.distances), ...Array.from(heldOut.distances)]);
  const cells = [...cellsOf(generated, m), ...cellsOf(heldOut, n)];
  const statistics = statisticsOf(all, cells, m, alpha);
  const order = Int32Array.from({ length: m + n }, (_, i) => i);
  const observed = statistics(order);
  const shuffled = Array.from({ length: permutations }, (_, i) =>
    statistics(fillPermutation(order, deriveKey(seed, "data-copying", i)) as Int32Array),
  );
  const against = (name: keyof Statistics, copies: "below" | "above") =>
    nullOf(
      observed[name],
      shuffled.map((s) => s[name]),
      copies,
    );
  const { z } = mannWhitney(generated.distances, heldOut.distances);
  return [
    {
      name: "data-copying",
      value: observed.copying,
      note: "Near 0 for new examples; far below 0 for copies; far above 0 where samples lie off the data.",
      details: { ...against("copying", "below"), z },
    },
    {
      name: "near-training",
      value: observed.near,
      note: `Near ${alpha} for new examples, larger for copies.`,
      details: against("near", "above"),
    },
    {
      name: "neighbor-ratio",
      value: observed.ratio,
      note: "Near 1 for new examples, smaller for copies.",
      details: against("ratio", "below"),
    },
  ];
}

function cellsOf({ cells, distances }: TrainingDistances, count: number): number[] {
  if (cells && cells.length !== distances.length)
    throw new UserError(
      `data-copying: ${cells.length} cells for ${distances.length} distances; expected as many.`,
    );
  return cells ? Array.from(cells) : new Array<number>(count).fill(0);
}

interface Cell {
  readonly members: readonly number[];
  readonly ranks: Float64Array;
  readonly ties: number;
}

/** The statistics for an order of all examples, of which the first m count as generated. */
function statisticsOf(all: Float64Array, cells: readonly number[], m: number, alpha: number) {
  const ranked = [...new Set(cells)].map((cell): Cell => {
    const members = cells.flatMap((c, i) => (c === cell ? [i] : []));
    return { members, ...midRanks(members.map((i) => all[i]!)) };
  });
  // Sorted once for all shuffles.
  const ascending = Int32Array.from(all.keys()).sort((i, j) => all[i]! - all[j]!);
  return (order: Int32Array): Statistics => {
    const isGenerated = new Uint8Array(all.length);
    for (let i = 0; i < m; i++) isGenerated[order[i]!] = 1;
    const made = Float64Array.from(
      ascending.filter((i) => isGenerated[i] === 1),
      (i) => all[i]!,
    );
    const held = Float64Array.from(
      ascending.filter((i) => isGenerated[i] === 0),
      (i) => all[i]!,
    );
    const limit = quantile(held, alpha);
    return {
      copying: copyingOf(ranked, isGenerated),
      near: made.filter((d) => d < limit).length / m,
      ratio: quantile(made, 0.5) / quantile(held, 0.5),
    };
  };
}

/** C_T; where no cell has enough of both kinds, all cells count that have any. */
function copyingOf(cells: readonly Cell[], isGenerated: Uint8Array): number {
  const scores = cells.map(({ members, ranks, ties }) => {
    let [made, sum] = [0, 0];
    members.forEach((example, i) => {
      made += isGenerated[example]!;
      sum += isGenerated[example]! * ranks[i]!;
    });
    const held = members.length - made;
    return { made, held, z: made > 0 && held > 0 ? mannWhitneyOfRanks(sum, made, held, ties).z : 0 };
  });
  const enough = scores.filter(({ made, held }) => Math.min(made, held) >= leastInCell);
  const counted = enough.length > 0 ? enough : scores;
  const weight = counted.reduce((sum, { held }) => sum + held, 0);
  return counted.reduce((sum, { held, z }) => sum + held * z, 0) / weight;
}

/** Of sorted numbers, between neighbours in proportion (NumPy's default). */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const [a, b] = [sorted[low]!, sorted[Math.min(low + 1, sorted.length - 1)]!];
  return a + (at - low) * (b - a);
}

function nullOf(observed: number, shuffled: readonly number[], copies: "below" | "above") {
  const sorted = Float64Array.from(shuffled).sort();
  const extreme = sorted.filter((v) => (copies === "below" ? v <= observed : v >= observed)).length;
  return {
    pValue: (1 + extreme) / (1 + sorted.length),
    nullLow: quantile(sorted, 0.025),
    nullHigh: quantile(sorted, 0.975),
  };
}
