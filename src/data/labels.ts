import type { Dataset } from "./dataset.ts";

/** The class part of a data set, or nothing where there are no labels. */
export type Labelled = Pick<Dataset, "classes" | "classNames" | "labels">;

/** Labels kept in memory, one number per example; without `classNames` the classes are 0 … the largest label. */
export function labelled(labels: ArrayLike<number> | undefined, classNames?: readonly string[]): Labelled {
  if (labels === undefined) return {};
  let classes = classNames?.length ?? 0;
  for (let i = 0; i < labels.length; i++) classes = Math.max(classes, labels[i]! + 1);
  return {
    classes,
    ...(classNames === undefined ? {} : { classNames }),
    labels(indices, out) {
      for (let i = 0; i < indices.length; i++) out[i] = labels[indices[i]!]!;
    },
  };
}

/** The same examples without their labels. */
export function withoutLabels({ classes, classNames, labels, ...dataset }: Dataset): Dataset {
  return dataset;
}
