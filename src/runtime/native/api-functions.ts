/**
 * The functions of ONNX Runtime's C API that are used, by their places in the table that `OrtGetApiBase` gives. Its order is that of
 * onnxruntime_c_api.h and never changes: new functions are added at the end.
 */

/** The version of the API that has them all: ONNX Runtime 1.5, of 2020. */
export const apiVersion = 5;

const pointer = "void *";
const text = "const char *";

/** Of a function that gives a status, null where all is well: its place and what it takes. */
export const statusFunctions = {
  CreateEnv: [3, ["int", text, pointer]],
  CreateSessionFromArray: [8, [pointer, pointer, "size_t", pointer, pointer]],
  Run: [9, [pointer, pointer, pointer, pointer, "size_t", pointer, "size_t", pointer]],
  CreateSessionOptions: [10, [pointer]],
  SetSessionExecutionMode: [13, [pointer, "int"]],
  EnableMemPattern: [16, [pointer]],
  DisableMemPattern: [17, [pointer]],
  SetSessionLogSeverityLevel: [22, [pointer, "int"]],
  SetSessionGraphOptimizationLevel: [23, [pointer, "int"]],
  SetIntraOpNumThreads: [24, [pointer, "int"]],
  CreateTensorWithDataAsOrtValue: [49, [pointer, pointer, "size_t", pointer, "size_t", "int", pointer]],
  GetTensorMutableData: [51, [pointer, pointer]],
  GetTensorElementType: [60, [pointer, pointer]],
  GetDimensionsCount: [61, [pointer, pointer]],
  GetDimensions: [62, [pointer, pointer, "size_t"]],
  GetTensorTypeAndShape: [65, [pointer, pointer]],
  CreateCpuMemoryInfo: [69, ["int", "int", pointer]],
  AddSessionConfigEntry: [130, [pointer, text, text]],
} as const satisfies { readonly [name: string]: readonly [place: number, takes: readonly string[]] };

/** Of a function that frees what its one argument points to: its place. */
export const releaseFunctions = {
  ReleaseEnv: 92,
  ReleaseStatus: 93,
  ReleaseMemoryInfo: 94,
  ReleaseSession: 95,
  ReleaseValue: 96,
  ReleaseTensorTypeAndShapeInfo: 99,
  ReleaseSessionOptions: 100,
} as const;

/** The message of a status. */
export const errorMessagePlace = 2;

/** How many places of the table are read. */
export const places =
  1 + Math.max(...Object.values(releaseFunctions), ...Object.values(statusFunctions).map(([place]) => place));
