import { multiplyRows, type RowProduct, runSteps, type Stepwise } from "../math/numeric/stepwise.ts";
import type { Products } from "./products.ts";

/** Products with less arithmetic are made here: the way to the device and back takes longer. */
const worthTheWay = 2 ** 20;
/** Rows of a tile, of which lower triangles are put together. */
const tileRows = 512;

/** Runs a matrix algorithm with its large products on the device; without `products` as math's runSteps. */
export async function runStepsOn<Result>(steps: Stepwise<Result>, products?: Products): Promise<Result> {
  if (!products) return runSteps(steps);
  let next = steps.next();
  while (!next.done) next = steps.next(await productOn(next.value, products));
  return next.value;
}

/** left·rightᵀ on the device. */
export async function productOn(product: RowProduct, products: Products): Promise<Float64Array> {
  const { left, right, inner, lower = false } = product;
  if ((left.length / inner) * right.length < worthTheWay) return multiplyRows(product);
  return lower
    ? await lowerProduct(product, products)
    : await products.outer(table(left, inner), table(right, inner));
}

/**
 * The lower triangle in tiles of equal shapes: algorithms ask for ever smaller products, and the device would compile, and keep
 * memory for, each of them.
 */
async function lowerProduct({ left, right, inner }: RowProduct, products: Products): Promise<Float64Array> {
  const count = left.length / inner;
  const tile = Math.min(tileRows, roundUp(count));
  const [rows, columns] = [padded(left, tile * inner), padded(right, tile * inner)];
  const out = new Float64Array(count * count);
  for (let first = 0; first < count; first += tile) {
    const width = first + tile;
    const part = await products.outer(
      table(rows.subarray(first * inner, width * inner), inner),
      table(columns.subarray(0, width * inner), inner),
    );
    for (let i = 0; i < Math.min(tile, count - first); i++) {
      out.set(part.subarray(i * width, i * width + first + i + 1), (first + i) * count);
    }
  }
  return out;
}

/** The next power of two. */
function roundUp(count: number): number {
  return 2 ** Math.ceil(Math.log2(count));
}

/** With zeros up to a multiple of `size`. */
function padded(values: Float64Array, size: number): Float64Array {
  if (values.length % size === 0) return values;
  const out = new Float64Array(Math.ceil(values.length / size) * size);
  out.set(values);
  return out;
}

function table(data: Float64Array, dimensions: number) {
  return { data, count: data.length / dimensions, dimensions };
}
