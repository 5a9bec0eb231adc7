// @ts-check
/** Whether both sides compute the same thing. */

/** Largest relative difference of the losses: of models that draw random numbers, whose first step counts, and of others. */
const limits = { random: 0.25, exact: 2e-3 };

/**
 * The largest relative difference of two lists of losses, step by step; undefined where the twin gives none. Throws where it
 * is too large.
 * @param {{ random?: boolean, tolerance?: number }} one @param {number[][]} mine @param {number[][]} theirs
 * @returns {number | undefined}
 */
export function agreement({ random = false, tolerance }, mine, theirs) {
  if (theirs.every((losses) => losses.length === 0)) return undefined;
  const limit = tolerance ?? (random ? limits.random : limits.exact);
  const differences = mine.slice(0, random ? 1 : undefined).flatMap((losses, i) =>
    losses.map((a, k) => {
      const b = theirs[i]?.[k] ?? Number.NaN;
      return Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b), 1e-6);
    }),
  );
  const worst = differences.reduce((a, b) => (b > a || Number.isNaN(b) ? b : a), 0);
  if (worst <= limit) return worst;
  throw new Error(
    `the losses do not agree: Imago ${JSON.stringify(mine)}, PyTorch ${JSON.stringify(theirs)}`,
  );
}
