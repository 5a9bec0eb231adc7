import { UserError } from "../tensor/index.ts";
import type { Dataset, Splits } from "./dataset.ts";
import { resized } from "./resize.ts";
import { exampleSize } from "./size.ts";
import { withoutTruth } from "./truth.ts";

/**
 * The data set's pictures with every block of factor × factor pixels replaced by its mean, computed when they are read.
 * Throws (UserError) unless both sides are multiples of `factor`.
 */
export function meanPooled(dataset: Dataset, factor: number): Dataset {
  const [channels = 1, height = 1, width = 1] = dataset.shape;
  if (dataset.kind !== "image" || height % factor !== 0 || width % factor !== 0) {
    throw new UserError(
      `${dataset.name} has examples of ${dataset.shape.join("×")}; expected pictures whose sides are multiples of ${factor}.`,
    );
  }
  const columns = width / factor;
  return {
    ...withoutTruth(dataset),
    shape: [channels, height / factor, columns],
    fingerprint: `${dataset.fingerprint}/mean=${factor}`,
    read(indices, out) {
      const source = new Float32Array(indices.length * exampleSize(dataset.shape));
      dataset.read(indices, source);
      out.fill(0, 0, source.length / factor ** 2);
      for (let at = 0; at < source.length; at++) {
        const row = Math.floor(at / width / factor); // rows of blocks, counted through all planes and pictures
        out[row * columns + Math.floor((at % width) / factor)]! += source[at]! / factor ** 2;
      }
    },
  };
}

/** Digits of 28×28 as 8×8: a border of two black pixels, then means of blocks of 4×4. The lectures' 64-dimensional data. */
export function smallDigits(name: string, { train, test }: Splits): Splits {
  const small = (dataset: Dataset): Dataset => ({ ...meanPooled(resized(dataset, 32), 4), name });
  return { train: small(train), ...(test && { test: small(test) }) };
}
