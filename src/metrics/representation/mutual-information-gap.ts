import { entropyOfTable, mutualInformationOfTable } from "../../math/information/tables.ts";
import type { Measured } from "../protocol.ts";
import { checkFactors, columnOf, discretize, type FactoredCodes } from "./factors.ts";

/**
 * Mutual information gap (Chen et al. 2018, arXiv:1802.04942, eq. 6): for each factor, how much more the best code tells than the
 * second best, (I(z₁; v) − I(z₂; v))/H(v), averaged over factors. 1 where each factor has a code of its own, 0 where two codes
 * tell equally much. Information is that of histograms: codes in `bins` bins of equal width (20 as in Locatello et al. 2019),
 * which reads too high for few examples.
 */
export function mutualInformationGap(
  input: FactoredCodes,
  { bins = 20 }: { readonly bins?: number } = {},
): Measured {
  checkFactors("MIG", input);
  const codes = discretize(input.codes, bins);
  const gaps = Array.from({ length: input.factors.dimensions }, (_, k) => {
    const factor = columnOf(input.factors, k);
    const about = Array.from({ length: codes.dimensions }, (_, c) =>
      informationOf(columnOf(codes, c), factor, bins),
    );
    const [best, second = 0] = about.sort((a, b) => b - a);
    return (best! - second) / informationOf(factor, factor, Math.max(...factor) + 1);
  });
  const value = gaps.reduce((a, b) => a + b, 0) / gaps.length;
  return { name: "MIG", value, better: "higher", details: { gaps } };
}

/** I(a; b) of two columns of whole numbers, a below `size`; of a column with itself its entropy. */
function informationOf(a: Float64Array, b: Float64Array, size: number): number {
  const columns = b.reduce((x, y) => Math.max(x, y)) + 1;
  const joint = new Float64Array(size * columns);
  a.forEach((v, i) => {
    joint[v * columns + b[i]!]! += 1 / a.length;
  });
  return a === b ? entropyOfTable(joint) : mutualInformationOfTable(joint, size);
}
