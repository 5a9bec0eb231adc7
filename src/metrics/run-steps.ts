import { multiplyRows, runSteps, type Stepwise } from "../math/numeric/stepwise.ts";
import type { Products } from "./products.ts";

/** Products with less arithmetic are made here: the way to the device and back takes longer. */
const worthTheWay = 2 ** 20;

/** Runs a matrix algorithm with its large products on the device; without `products` as math's runSteps. */
export async function runStepsOn<Result>(steps: Stepwise<Result>, products?: Products): Promise<Result> {
  if (!products) return runSteps(steps);
  let next = steps.next();
  while (!next.done) {
    const { left, right, inner } = next.value;
    const [rows, columns] = [left.length / inner, right.length / inner];
    const product =
      rows * columns * inner < worthTheWay
        ? multiplyRows(next.value)
        : await products.outer(
            { data: left, count: rows, dimensions: inner },
            { data: right, count: columns, dimensions: inner },
          );
    next = steps.next(product);
  }
  return next.value;
}
