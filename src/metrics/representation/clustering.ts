import { entropyOfTable, mutualInformationOfTable } from "../../math/information/tables.ts";
import { kMeans } from "../../math/numeric/k-means.ts";
import { checkFeatures, type Features } from "../features.ts";
import type { Measured } from "../protocol.ts";
import { checkLabels } from "./logistic-regression.ts";

/**
 * How well clusters agree with classes: purity, the share of examples that are of their cluster's most frequent class (it grows
 * with the number of clusters), and normalised mutual information, I(cluster; class) over the mean of both entropies, which does not
 * reward many clusters as much.
 */
export function clusterAgreement(
  clusters: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): Measured[] {
  const n = labels.length;
  checkLabels(
    "cluster purity",
    { data: new Float64Array(n), count: clusters.length, dimensions: 1 },
    labels,
    classes,
  );
  const count = Array.from(clusters).reduce((a, b) => Math.max(a, b), 0) + 1;
  const joint = new Float64Array(count * classes);
  for (let i = 0; i < n; i++) joint[clusters[i]! * classes + labels[i]!]! += 1 / n;
  let purity = 0;
  for (let c = 0; c < count; c++) purity += Math.max(...joint.subarray(c * classes, (c + 1) * classes));
  const mean = (entropyOfTable(sharesOf(clusters, count)) + entropyOfTable(sharesOf(labels, classes))) / 2;
  const information = mutualInformationOfTable(joint, count);
  return [
    { name: "cluster purity", value: purity, better: "higher", details: { clusters: count } },
    { name: "NMI", value: mean === 0 ? 1 : information / mean, better: "higher" },
  ];
}

/** Agreement of the classes with k-means clusters of the features, as many as classes unless `clusters` says otherwise. */
export function clusterPurity(
  features: Features,
  labels: ArrayLike<number>,
  classes: number,
  { seed, clusters = classes }: { readonly seed: number; readonly clusters?: number },
): Measured[] {
  checkFeatures("cluster purity", "the examples", features, clusters);
  checkLabels("cluster purity", features, labels, classes);
  return clusterAgreement(kMeans(features, { k: clusters, seed }).labels, labels, classes);
}

function sharesOf(values: ArrayLike<number>, size: number): Float64Array {
  const shares = new Float64Array(size);
  for (let i = 0; i < values.length; i++) shares[values[i]!]! += 1 / values.length;
  return shares;
}
