import type { Dataset } from "./dataset.ts";
import { exampleSize } from "./size.ts";
import { withoutTruth } from "./truth.ts";

/** Luma of ITU-R BT.601, as in JPEG and in every library's conversion to grey: shares of red, green and blue. */
export const luma = [0.299, 0.587, 0.114] as const;

/** The data set's pictures in grey (1) or in colour (3), converted when they are read: grey is 0.299R + 0.587G + 0.114B. */
export function withChannels(dataset: Dataset, channels: 1 | 3): Dataset {
  const [from = 1, height = 1, width = 1] = dataset.shape;
  if (from === channels) return dataset;
  const plane = height * width;
  return {
    ...withoutTruth(dataset),
    shape: [channels, height, width],
    fingerprint: `${dataset.fingerprint}/channels=${channels}`,
    read(indices, out) {
      const source = new Float32Array(indices.length * exampleSize(dataset.shape));
      dataset.read(indices, source);
      for (let n = 0; n < indices.length; n++) {
        for (let i = 0; i < plane; i++) {
          if (channels === 3) {
            const grey = source[n * plane + i]!;
            for (let c = 0; c < 3; c++) out[(3 * n + c) * plane + i] = grey;
          } else {
            let grey = 0;
            for (let c = 0; c < 3; c++) grey += luma[c]! * source[(3 * n + c) * plane + i]!;
            out[n * plane + i] = grey;
          }
        }
      }
    },
  };
}
