/** Tensors as ONNX Runtime takes and gives them: over memory of ours, and out of its own. */
import { allocate, type DType, dtypeOf } from "../../tensor/index.ts";
import type { Value } from "../value.ts";
import type { OrtApi, Pointer } from "./ort-api.ts";

/** ONNX's numbers of the element types. */
const elementTypes: { readonly [dtype in DType]: number } = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
};

/** Memory that a native value lies over; it is not freed before the value. */
export interface NativeTensor extends Value {
  readonly pointer: Pointer;
}

export interface TensorValues {
  /** A native value over the memory of `value`, which is not copied. */
  over(value: Value): NativeTensor;
  /** A copy of what a native value holds. */
  copyOf(pointer: Pointer): Value;
  free(pointer: Pointer): void;
  close(): void;
}

/** Makes native values by `api`. */
export function tensorValues(api: OrtApi): TensorValues {
  const [deviceAllocator, defaultMemory] = [0, 0];
  const info = api.get("CreateCpuMemoryInfo", deviceAllocator, defaultMemory);
  const shapeOf = (pointer: Pointer): { shape: number[]; type: number } => {
    const about = api.get("GetTensorTypeAndShape", pointer);
    try {
      const dims = new BigInt64Array(Number(api.get("GetDimensionsCount", about)));
      if (dims.length > 0) api.call("GetDimensions", about, dims, dims.length);
      return { shape: [...dims].map(Number), type: Number(api.get("GetTensorElementType", about)) };
    } finally {
      api.free("ReleaseTensorTypeAndShapeInfo", about);
    }
  };
  return {
    over({ data, shape }) {
      const type = elementTypes[dtypeOf(data)!];
      const dims = BigInt64Array.from(shape, BigInt);
      // Nothing has no address, which ONNX Runtime does not accept.
      const memory = api.addressOf(data.byteLength > 0 ? data.buffer : new ArrayBuffer(8));
      const pointer = api.get(
        "CreateTensorWithDataAsOrtValue",
        ...[info, memory + BigInt(data.byteOffset), data.byteLength, dims, dims.length, type],
      );
      return { data, shape, pointer };
    },
    copyOf(pointer) {
      const { shape, type } = shapeOf(pointer);
      const dtype = (Object.keys(elementTypes) as DType[]).find((name) => elementTypes[name] === type)!;
      const data = allocate(
        dtype,
        shape.reduce((size, d) => size * d, 1),
      );
      if (data.length > 0) {
        const memory = api.memoryAt(api.get("GetTensorMutableData", pointer), data.byteLength);
        new Uint8Array(data.buffer).set(new Uint8Array(memory));
      }
      return { data, shape };
    },
    free: (pointer) => api.free("ReleaseValue", pointer),
    close: () => api.free("ReleaseMemoryInfo", info),
  };
}
