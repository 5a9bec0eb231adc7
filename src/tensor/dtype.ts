/**
 * Element types of tensors. ONNX Runtime runs all on every backend, except float64, which only CPUs compute with: statistics
 * of features need it, networks do not.
 */
export type DType = "float32" | "float64" | "int32" | "int64" | "bool";

/** The typed array that holds elements of each type; booleans are bytes 0 and 1. */
export type TypedArrayOf = {
  float32: Float32Array;
  float64: Float64Array;
  int32: Int32Array;
  int64: BigInt64Array;
  bool: Uint8Array;
};

export type TypedArray = TypedArrayOf[DType];

/** The dtype that a typed array stands for, or undefined where no dtype has this array. */
export function dtypeOf(data: unknown): DType | undefined {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float64Array) return "float64";
  if (data instanceof Int32Array) return "int32";
  if (data instanceof BigInt64Array) return "int64";
  if (data instanceof Uint8Array) return "bool";
  return undefined;
}

/** An array of zeros of the given type and length. */
export function allocate<D extends DType>(dtype: D, length: number): TypedArrayOf[D];
export function allocate(dtype: DType, length: number): TypedArray {
  switch (dtype) {
    case "float32":
      return new Float32Array(length);
    case "float64":
      return new Float64Array(length);
    case "int32":
      return new Int32Array(length);
    case "int64":
      return new BigInt64Array(length);
    case "bool":
      return new Uint8Array(length);
  }
}

/** Packs ordinary numbers into the typed array of `dtype`. */
export function pack(dtype: DType, values: ArrayLike<number>): TypedArray {
  if (dtype === "int64") return BigInt64Array.from(Array.from(values), (v) => BigInt(v));
  const data = allocate(dtype, values.length) as Exclude<TypedArray, BigInt64Array>;
  data.set(values);
  return data;
}

/** Whether numbers of this type have a fraction. */
export function isFloat(dtype: DType): boolean {
  return dtype === "float32" || dtype === "float64";
}
