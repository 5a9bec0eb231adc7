import type { Shape } from "../tensor/index.ts";
import type { Dataset, Modes } from "./dataset.ts";
import { labelled } from "./labels.ts";
import { exampleSize } from "./size.ts";

export interface FloatDatasetOptions {
  readonly name: string;
  readonly kind: Dataset["kind"];
  readonly shape: Shape;
  /** Examples one after another: pixels in [−1, 1], or coordinates. */
  readonly values: Float32Array;
  readonly labels?: ArrayLike<number>;
  readonly classNames?: readonly string[];
  readonly modes?: Modes;
  readonly logProb?: NonNullable<Dataset["logProb"]>;
  readonly entropy?: number;
  readonly fingerprint: string;
}

/** Examples kept in memory as float32. */
export function floatDataset(options: FloatDatasetOptions): Dataset {
  const { name, kind, shape, values, labels, classNames, modes, logProb, entropy, fingerprint } = options;
  const size = exampleSize(shape);
  return {
    name,
    kind,
    shape,
    length: Math.floor(values.length / size),
    fingerprint,
    ...(modes === undefined ? {} : { modes }),
    ...(logProb === undefined ? {} : { logProb }),
    ...(entropy === undefined ? {} : { entropy }),
    ...labelled(labels, classNames),
    read(indices, out) {
      for (let n = 0; n < indices.length; n++) {
        const start = indices[n]! * size;
        out.set(values.subarray(start, start + size), n * size);
      }
    },
  };
}
