/** The picture of a classifier: examples sorted by the class that it gives them, mistakes framed. */
import type { Dataset } from "../data/dataset.ts";
import type { Pictures } from "./sheet.node.ts";
import { largestOfRows } from "./test-accuracy.node.ts";

/** Rows of the sheet at most, and pictures in a row. */
const mostRows = 16;
export const predictionColumns = 16;
/** What stays empty. */
const ground = -0.137;
const red = [1, -0.6, -0.6] as const;

/**
 * A sheet whose row k shows examples to which the classifier gives class k, the first of the data first, with a red frame
 * where their label is another. `scores` [n, classes] belong to `pictures` [n, channels, h, w].
 */
export function predictionSheet(pictures: Pictures, scores: Pictures, labels: ArrayLike<number>): Pictures {
  const [, channels = 1, height = 1, width = 1] = pictures.shape;
  const classes = scores.shape[1]!;
  const predicted = largestOfRows(Float32Array.from(scores.data), classes);
  const rows = Math.min(classes, mostRows);
  const [h, w] = [height + 2, width + 2];
  const out = new Float32Array(rows * predictionColumns * 3 * h * w).fill(ground);
  const filled = new Int32Array(rows);
  predicted.forEach((row, i) => {
    if (row >= rows || filled[row]! >= predictionColumns) return;
    const at = (row * predictionColumns + filled[row]!++) * 3 * h * w;
    for (let c = 0; c < 3; c++) {
      const plane = out.subarray(at + c * h * w, at + (c + 1) * h * w);
      if (labels[i] !== row) plane.fill(red[c]!);
      const from = (i * channels + (channels === 1 ? 0 : c)) * height * width;
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) plane[(y + 1) * w + x + 1] = pictures.data[from + y * width + x]!;
    }
  });
  return { data: out, shape: [rows * predictionColumns, 3, h, w] };
}

/** How many examples to look at, so that most rows become full. */
export const predictionExamples = ({ length, classes = 1 }: Dataset): number =>
  Math.min(length, 2 * predictionColumns * Math.min(classes, mostRows));
