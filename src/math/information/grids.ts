/** Densities on regular grids of any dimension (the plane above all), and their information by sums over the cells. */
import { UserError } from "../../tensor/errors.ts";
import type { FDivergenceName } from "../divergences/f-gan.ts";
import { divergenceTerm, leastDivergence } from "./divergence-terms.ts";

/** One axis of a grid: `cells` intervals of equal length between low and high. */
export interface GridAxis {
  readonly low: number;
  readonly high: number;
  readonly cells: number;
}

/** The logarithm of a density at the cells' centres, the last axis running fastest, scaled so that the cells hold mass 1. */
export interface GridDensity {
  readonly axes: readonly GridAxis[];
  readonly logDensities: Float64Array;
  /** Volume of one cell. */
  readonly volume: number;
  /** What the cells held before scaling: the share of the density inside the grid, by the midpoint rule. */
  readonly mass: number;
}

/**
 * A density on a grid by the midpoint rule, whose error for a smooth density inside the grid falls faster than any power of
 * the cells' size. Throws (UserError) where the grid holds none of its mass.
 */
export function gridDensity(logDensity: (x: Float64Array) => number, axes: readonly GridAxis[]): GridDensity {
  const widths = axes.map((a) => (a.high - a.low) / a.cells);
  const volume = widths.reduce((a, b) => a * b, 1);
  const count = axes.reduce((n, a) => n * a.cells, 1);
  if (!(volume > 0) || !Number.isInteger(count)) {
    throw new UserError(
      `gridDensity: expected axes with low < high and a whole number of cells, got ${JSON.stringify(axes)}.`,
    );
  }
  const x = new Float64Array(axes.length);
  const logDensities = Float64Array.from({ length: count }, (_, i) => {
    let rest = i;
    for (let a = axes.length - 1; a >= 0; a--) {
      x[a] = axes[a]!.low + ((rest % axes[a]!.cells) + 0.5) * widths[a]!;
      rest = Math.floor(rest / axes[a]!.cells);
    }
    return logDensity(x);
  });
  const mass = volume * logDensities.reduce((total, v) => total + Math.exp(v), 0);
  if (!(mass > 0 && mass < Number.POSITIVE_INFINITY)) {
    throw new UserError(
      `gridDensity: the cells hold a mass of ${mass}; move the grid to where the density is.`,
    );
  }
  return { axes, logDensities: logDensities.map((v) => v - Math.log(mass)), volume, mass };
}

/** −∫ p log p. */
export function entropyOfGrid({ logDensities, volume }: GridDensity): number {
  const terms = logDensities.map((v) => (v === Number.NEGATIVE_INFINITY ? 0 : -Math.exp(v) * v));
  return volume * terms.reduce((a, b) => a + b, 0);
}

/** −∫ p log q = H(p) + KL(p ‖ q). */
export function crossEntropyOfGrids(p: GridDensity, q: GridDensity): number {
  return entropyOfGrid(p) + klOfGrids(p, q);
}

/** KL(p ‖ q) = ∫ p log(p/q). */
export function klOfGrids(p: GridDensity, q: GridDensity): number {
  return divergenceOfGrids(p, q, "kl");
}

/** ½KL(p ‖ m) + ½KL(q ‖ m), m = ½(p + q). */
export function jensenShannonOfGrids(p: GridDensity, q: GridDensity): number {
  return divergenceOfGrids(p, q, "jensen-shannon") / 2;
}

/** D_f(p ‖ q) = ∫ q f(p/q) for a generator of `fDivergences`. Throws (UserError) where the grids differ. */
export function divergenceOfGrids(p: GridDensity, q: GridDensity, name: FDivergenceName): number {
  if (JSON.stringify(p.axes) !== JSON.stringify(q.axes)) {
    throw new UserError(
      "divergenceOfGrids: the densities lie on different grids; make both on the same axes.",
    );
  }
  const term = divergenceTerm(name);
  const total = p.logDensities.reduce((sum, a, i) => sum + term(a, q.logDensities[i]!), 0);
  return Math.max(p.volume * total, leastDivergence(name));
}
