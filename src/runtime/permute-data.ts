import {
  allocate,
  type DType,
  dtypeOf,
  type Shape,
  sizeOf,
  stridesOf,
  type TypedArray,
} from "../tensor/index.ts";

/** The elements of a row-major array with its axes reordered: axis i of the result is axis `order[i]` of the input. */
export function permuteData(data: TypedArray, shape: Shape, order: Shape): TypedArray {
  const source = stridesOf(shape);
  const sizes = order.map((axis) => shape[axis]!);
  const strides = order.map((axis) => source[axis]!);
  const out = allocate(dtypeOf(data) as DType, data.length) as Float32Array;
  const from = data as Float32Array;
  const last = sizes.length - 1;
  const [run, stride] = [sizes[last] ?? 1, strides[last] ?? 1];
  const index = new Array<number>(sizes.length).fill(0);
  let offset = 0;
  for (let at = 0; at < sizeOf(sizes); at += run) {
    for (let i = 0; i < run; i++) out[at + i] = from[offset + i * stride]!;
    for (let axis = last - 1; axis >= 0; axis--) {
      offset += strides[axis]!;
      if (++index[axis]! < sizes[axis]!) break;
      offset -= strides[axis]! * sizes[axis]!;
      index[axis] = 0;
    }
  }
  return out;
}
