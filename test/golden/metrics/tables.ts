import type { Features } from "../../../src/metrics/index.ts";

/** Parameters of a table of features; see tables.py. */
export interface TableOptions {
  readonly seed: number;
  readonly rows: number;
  readonly columns: number;
  readonly scale?: number;
  readonly decay?: number;
  readonly carry?: number;
  readonly shift?: number;
  readonly dead?: number;
  readonly distinct?: number;
  readonly single?: boolean;
}

/** The table that tables.py makes of the same parameters, to the last bit. */
export function table({ seed, rows, columns, ...options }: TableOptions): Features {
  const { scale = 1, decay = 1, carry = 0, shift = 0, dead = 0, single = false } = options;
  const distinct = options.distinct || rows;
  const data = new Float64Array(rows * columns);
  let state = seed;
  const uniform = (): number => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  for (let i = 0; i < distinct; i++) {
    let [factor, before] = [scale, 0];
    for (let j = 0; j < columns; j++) {
      const z = uniform() + uniform() + uniform() + uniform() - 2;
      before = z * factor + (j > 0 ? carry * before : 0);
      data[i * columns + j] = dead && j % dead === 0 ? 0 : before + shift;
      factor *= decay;
    }
  }
  for (let i = distinct; i < rows; i++)
    data.copyWithin(i * columns, (i % distinct) * columns, ((i % distinct) + 1) * columns);
  return { data: single ? Float32Array.from(data) : data, count: rows, dimensions: columns };
}
