import { fillIntegers, fillUniform } from "../../tensor/random/fill.ts";
import { deriveKey } from "../../tensor/random/key.ts";
import type { LabelledPoints } from "./mixture.ts";

/**
 * The eight dark squares of a 4×4 board of squares of side 2 on [−4, 4]²: density 1/32 on those, nothing elsewhere.
 * A square in column c (0 … 3) and row r is dark when c + r is even.
 */
export function drawCheckerboard(n: number, seed: number, stream: string): LabelledPoints {
  const squares = new Int32Array(n);
  fillIntegers(squares, deriveKey(seed, stream, "square"), { low: 0, high: 8 });
  const values = fillUniform(new Float32Array(2 * n), deriveKey(seed, stream, "place"));
  for (let i = 0; i < n; i++) {
    const column = squares[i]! >> 1;
    const row = 2 * (squares[i]! & 1) + (column & 1);
    values[2 * i] = 2 * (column + values[2 * i]!) - 4;
    values[2 * i + 1] = 2 * (row + values[2 * i + 1]!) - 4;
  }
  return { values };
}
