/** ONNX Runtime's C API as its users here see it. */

/** The address of something of ONNX Runtime's, or of ours. */
export type Pointer = bigint;

/** What a function of the API takes: numbers, text, addresses, and memory of ours by its address. */
export type Argument = number | string | Pointer | null | ArrayBufferView;

export type StatusFunction = keyof typeof import("./api-functions.ts").statusFunctions;
export type ReleaseFunction = keyof typeof import("./api-functions.ts").releaseFunctions;

export interface OrtApi {
  /** The library: it is unloaded when nobody refers to it any more. */
  readonly library: unknown;
  /** Calls a function; throws an Error with ONNX Runtime's message where it fails. */
  call(name: StatusFunction, ...args: Argument[]): void;
  /** Calls a function whose last argument is where it puts an address or a number, and gives that. */
  get(name: StatusFunction, ...args: Argument[]): Pointer;
  free(name: ReleaseFunction, what: Pointer): void;
  /** Where memory of ours lies; the memory must be kept for as long as the address is used. */
  addressOf(memory: ArrayBufferView | ArrayBufferLike): Pointer;
  /** The memory at an address, not copied. */
  memoryAt(address: Pointer, bytes: number): ArrayBuffer;
}
