/** Written by `node bench/lowerings.js --write`: do not edit. */
import type { ConvolutionKind, FormTimes } from "./convolution.ts";

/** One convolution that was timed, with milliseconds of each form in its own order of axes. */
export interface Measured extends FormTimes {
  readonly kind: ConvolutionKind;
  readonly strided: boolean;
  readonly batch: number;
  readonly channels: number;
  readonly filters: number;
  /** Of all pictures of the batch: positions of the output. */
  readonly positions: number;
  readonly taps: number;
  readonly flops: number;
}

// biome-ignore format: one measurement a line
// biome-ignore format: one measurement a line
// biome-ignore format: one measurement a line
// biome-ignore format: one measurement a line
// biome-ignore format: one measurement a line
export const measured: readonly Measured[] = [
  { kind: "conv", strided: true, batch: 32, channels: 1, filters: 64, positions: 32768, taps: 16, flops: 67108864, direct: 1.52, gather: 8.13, blocked: 1.43 },
  { kind: "convTranspose", strided: true, batch: 32, channels: 1, filters: 64, positions: 32768, taps: 16, flops: 67108864, direct: 1.89, gather: 13.2 },
  { kind: "convWeight", strided: true, batch: 32, channels: 1, filters: 64, positions: 32768, taps: 16, flops: 67108864, direct: 7.42, gather: 1.13 },
  { kind: "conv", strided: true, batch: 32, channels: 3, filters: 64, positions: 32768, taps: 16, flops: 201326592, direct: 5.39, gather: 4.26, blocked: 2.25 },
  { kind: "convTranspose", strided: true, batch: 32, channels: 3, filters: 64, positions: 32768, taps: 16, flops: 201326592, direct: 2.16, gather: 22.6 },
  { kind: "convWeight", strided: true, batch: 32, channels: 3, filters: 64, positions: 32768, taps: 16, flops: 201326592, direct: 12.5, gather: 2.05 },
  { kind: "conv", strided: true, batch: 32, channels: 16, filters: 64, positions: 32768, taps: 16, flops: 1073741824, direct: 10.9, gather: 12.4, blocked: 6.63 },
  { kind: "convTranspose", strided: true, batch: 32, channels: 16, filters: 64, positions: 32768, taps: 16, flops: 1073741824, direct: 13.6, gather: 14.9, blocked: 9.99 },
  { kind: "convWeight", strided: true, batch: 32, channels: 16, filters: 64, positions: 32768, taps: 16, flops: 1073741824, direct: 24, gather: 16.6 },
  { kind: "conv", strided: true, batch: 32, channels: 32, filters: 64, positions: 32768, taps: 16, flops: 2147483648, direct: 21.7, gather: 18, blocked: 17.8 },
  { kind: "convTranspose", strided: true, batch: 32, channels: 32, filters: 64, positions: 32768, taps: 16, flops: 2147483648, direct: 23.9, gather: 23.6, blocked: 21.3 },
  { kind: "convWeight", strided: true, batch: 32, channels: 32, filters: 64, positions: 32768, taps: 16, flops: 2147483648, direct: 56.8, gather: 26.4 },
  { kind: "conv", strided: true, batch: 32, channels: 64, filters: 64, positions: 32768, taps: 16, flops: 4294967296, direct: 27.7, gather: 26.4, blocked: 24 },
  { kind: "convTranspose", strided: true, batch: 32, channels: 64, filters: 64, positions: 32768, taps: 16, flops: 4294967296, direct: 42.9, gather: 28.6, blocked: 30.1 },
  { kind: "convWeight", strided: true, batch: 32, channels: 64, filters: 64, positions: 32768, taps: 16, flops: 4294967296, direct: 109, gather: 52.1 },
  { kind: "conv", strided: true, batch: 32, channels: 64, filters: 128, positions: 8192, taps: 16, flops: 2147483648, direct: 17.2, gather: 15.9, blocked: 14.7 },
  { kind: "convTranspose", strided: true, batch: 32, channels: 64, filters: 128, positions: 8192, taps: 16, flops: 2147483648, direct: 26.5, gather: 17.6, blocked: 13 },
  { kind: "convWeight", strided: true, batch: 32, channels: 64, filters: 128, positions: 8192, taps: 16, flops: 2147483648, direct: 31.6, gather: 17.9 },
  { kind: "conv", strided: true, batch: 32, channels: 128, filters: 256, positions: 2048, taps: 16, flops: 2147483648, direct: 17.2, gather: 14.5, blocked: 14.5 },
  { kind: "convTranspose", strided: true, batch: 32, channels: 128, filters: 256, positions: 2048, taps: 16, flops: 2147483648, direct: 24.6, gather: 16.9, blocked: 12.7 },
  { kind: "convWeight", strided: true, batch: 32, channels: 128, filters: 256, positions: 2048, taps: 16, flops: 2147483648, direct: 23.3, gather: 14.3 },
  { kind: "conv", strided: true, batch: 32, channels: 256, filters: 512, positions: 512, taps: 16, flops: 2147483648, direct: 12.7, gather: 9.06, blocked: 15.6 },
  { kind: "convTranspose", strided: true, batch: 32, channels: 256, filters: 512, positions: 512, taps: 16, flops: 2147483648, direct: 32.2, gather: 14.8, blocked: 10.1 },
  { kind: "convWeight", strided: true, batch: 32, channels: 256, filters: 512, positions: 512, taps: 16, flops: 2147483648, direct: 15.9, gather: 11.2 },
  { kind: "conv", strided: true, batch: 64, channels: 1, filters: 32, positions: 12544, taps: 16, flops: 12845056, direct: 0.21, gather: 0.762, blocked: 0.318 },
  { kind: "convTranspose", strided: true, batch: 64, channels: 1, filters: 32, positions: 12544, taps: 16, flops: 12845056, direct: 0.628, gather: 1.93 },
  { kind: "convWeight", strided: true, batch: 64, channels: 1, filters: 32, positions: 12544, taps: 16, flops: 12845056, direct: 0.54, gather: 0.272 },
  { kind: "conv", strided: true, batch: 64, channels: 32, filters: 64, positions: 3136, taps: 16, flops: 205520896, direct: 3.34, gather: 1.12, blocked: 1.04 },
  { kind: "convTranspose", strided: true, batch: 64, channels: 32, filters: 64, positions: 3136, taps: 16, flops: 205520896, direct: 3.28, gather: 1.89, blocked: 1.75 },
  { kind: "convWeight", strided: true, batch: 64, channels: 32, filters: 64, positions: 3136, taps: 16, flops: 205520896, direct: 3.84, gather: 2.34 },
  { kind: "conv", strided: true, batch: 64, channels: 64, filters: 128, positions: 3136, taps: 16, flops: 822083584, direct: 9.12, gather: 5.16, blocked: 7.43 },
  { kind: "convTranspose", strided: true, batch: 64, channels: 64, filters: 128, positions: 3136, taps: 16, flops: 822083584, direct: 11.9, gather: 5.76, blocked: 4.47 },
  { kind: "convWeight", strided: true, batch: 64, channels: 64, filters: 128, positions: 3136, taps: 16, flops: 822083584, direct: 10.6, gather: 5.31 },
  { kind: "conv", strided: true, batch: 64, channels: 32, filters: 64, positions: 16384, taps: 9, flops: 603979776, direct: 4.41, gather: 4.81, blocked: 3.71 },
  { kind: "convTranspose", strided: true, batch: 64, channels: 32, filters: 64, positions: 16384, taps: 9, flops: 603979776, direct: 8.16, gather: 7.21, blocked: 5.37 },
  { kind: "convWeight", strided: true, batch: 64, channels: 32, filters: 64, positions: 16384, taps: 9, flops: 603979776, direct: 29, gather: 7.05 },
  { kind: "conv", strided: true, batch: 128, channels: 16, filters: 32, positions: 8192, taps: 9, flops: 75497472, direct: 1.28, gather: 1.07, blocked: 0.793 },
  { kind: "convTranspose", strided: true, batch: 128, channels: 16, filters: 32, positions: 8192, taps: 9, flops: 75497472, direct: 3.14, gather: 1.51, blocked: 1.4 },
  { kind: "convWeight", strided: true, batch: 128, channels: 16, filters: 32, positions: 8192, taps: 9, flops: 75497472, direct: 6.05, gather: 1.58 },
  { kind: "conv", strided: true, batch: 1, channels: 64, filters: 128, positions: 1024, taps: 16, flops: 268435456, direct: 2.03, gather: 1.71, blocked: 1.43 },
  { kind: "convTranspose", strided: true, batch: 1, channels: 64, filters: 128, positions: 1024, taps: 16, flops: 268435456, direct: 2.83, gather: 1.79, blocked: 2.07 },
  { kind: "convWeight", strided: true, batch: 1, channels: 64, filters: 128, positions: 1024, taps: 16, flops: 268435456, direct: 3.58, gather: 1.61 },
  { kind: "conv", strided: true, batch: 1, channels: 256, filters: 512, positions: 64, taps: 16, flops: 268435456, direct: 1.35, gather: 1.72, blocked: 2.65 },
  { kind: "convTranspose", strided: true, batch: 1, channels: 256, filters: 512, positions: 64, taps: 16, flops: 268435456, direct: 2.85, gather: 4.31, blocked: 2.87 },
  { kind: "convWeight", strided: true, batch: 1, channels: 256, filters: 512, positions: 64, taps: 16, flops: 268435456, direct: 3.73, gather: 2.07 },
  { kind: "conv", strided: true, batch: 1, channels: 512, filters: 512, positions: 16, taps: 16, flops: 134217728, direct: 1.41, gather: 2.61, blocked: 3.71 },
  { kind: "convTranspose", strided: true, batch: 1, channels: 512, filters: 512, positions: 16, taps: 16, flops: 134217728, direct: 2.86, gather: 5.31, blocked: 4.25 },
  { kind: "convWeight", strided: true, batch: 1, channels: 512, filters: 512, positions: 16, taps: 16, flops: 134217728, direct: 8.32, gather: 1.08 },
  { kind: "conv", strided: true, batch: 4, channels: 128, filters: 256, positions: 1024, taps: 16, flops: 1073741824, direct: 7.86, gather: 5.43, blocked: 6.35 },
  { kind: "convTranspose", strided: true, batch: 4, channels: 128, filters: 256, positions: 1024, taps: 16, flops: 1073741824, direct: 11.4, gather: 7.08, blocked: 5.35 },
  { kind: "convWeight", strided: true, batch: 4, channels: 128, filters: 256, positions: 1024, taps: 16, flops: 1073741824, direct: 12.8, gather: 6.97 },
  { kind: "conv", strided: false, batch: 64, channels: 64, filters: 64, positions: 50176, taps: 9, flops: 3699376128, direct: 29, gather: 23.3, blocked: 20.7 },
  { kind: "convWeight", strided: false, batch: 64, channels: 64, filters: 64, positions: 50176, taps: 9, flops: 3699376128, direct: 158, gather: 36.1 },
  { kind: "conv", strided: false, batch: 64, channels: 32, filters: 32, positions: 50176, taps: 9, flops: 924844032, direct: 9.8, gather: 8.14, blocked: 5.88 },
  { kind: "convWeight", strided: false, batch: 64, channels: 32, filters: 32, positions: 50176, taps: 9, flops: 924844032, direct: 41.8, gather: 10.9 },
  { kind: "conv", strided: false, batch: 64, channels: 16, filters: 16, positions: 50176, taps: 9, flops: 231211008, direct: 2.65, gather: 3.24, blocked: 1.92 },
  { kind: "convWeight", strided: false, batch: 64, channels: 16, filters: 16, positions: 50176, taps: 9, flops: 231211008, direct: 17.5, gather: 6.09 },
  { kind: "conv", strided: false, batch: 64, channels: 1, filters: 64, positions: 50176, taps: 49, flops: 314703872, direct: 1.88, gather: 10.1, blocked: 3.44 },
  { kind: "convWeight", strided: false, batch: 64, channels: 1, filters: 64, positions: 50176, taps: 49, flops: 314703872, direct: 8.44, gather: 5.33 },
  { kind: "conv", strided: false, batch: 64, channels: 64, filters: 1, positions: 50176, taps: 9, flops: 57802752, direct: 9.74, gather: 8.86 },
  { kind: "convWeight", strided: false, batch: 64, channels: 64, filters: 1, positions: 50176, taps: 9, flops: 57802752, direct: 27.9, gather: 1.27 },
  { kind: "conv", strided: false, batch: 64, channels: 32, filters: 32, positions: 12544, taps: 9, flops: 231211008, direct: 2.07, gather: 1.62, blocked: 1.16 },
  { kind: "convWeight", strided: false, batch: 64, channels: 32, filters: 32, positions: 12544, taps: 9, flops: 231211008, direct: 9.56, gather: 2.79 },
  { kind: "conv", strided: false, batch: 64, channels: 48, filters: 48, positions: 12544, taps: 9, flops: 520224768, direct: 3.77, gather: 3.5, blocked: 2.76 },
  { kind: "convWeight", strided: false, batch: 64, channels: 48, filters: 48, positions: 12544, taps: 9, flops: 520224768, direct: 15.6, gather: 5.37 },
  { kind: "conv", strided: false, batch: 64, channels: 64, filters: 128, positions: 3136, taps: 9, flops: 462422016, direct: 4.99, gather: 1.99, blocked: 1.86 },
  { kind: "convWeight", strided: false, batch: 64, channels: 64, filters: 128, positions: 3136, taps: 9, flops: 462422016, direct: 7.36, gather: 2.73 },
  { kind: "conv", strided: false, batch: 64, channels: 64, filters: 64, positions: 50176, taps: 1, flops: 411041792, direct: 2.4, gather: 2.33, blocked: 3.39 },
  { kind: "convWeight", strided: false, batch: 64, channels: 64, filters: 64, positions: 50176, taps: 1, flops: 411041792, direct: 9.64, gather: 4.07 },
  { kind: "conv", strided: false, batch: 64, channels: 32, filters: 64, positions: 50176, taps: 1, flops: 205520896, direct: 1.3, gather: 1.36, blocked: 2.44 },
  { kind: "convWeight", strided: false, batch: 64, channels: 32, filters: 64, positions: 50176, taps: 1, flops: 205520896, direct: 6.09, gather: 2.87 },
  { kind: "conv", strided: false, batch: 64, channels: 32, filters: 32, positions: 50176, taps: 25, flops: 2569011200, direct: 20, gather: 21.4, blocked: 14.6 },
  { kind: "convWeight", strided: false, batch: 64, channels: 32, filters: 32, positions: 50176, taps: 25, flops: 2569011200, direct: 74.6, gather: 33.9 },
  { kind: "conv", strided: false, batch: 128, channels: 24, filters: 48, positions: 25088, taps: 9, flops: 520224768, direct: 4.97, gather: 3.8 },
  { kind: "convWeight", strided: false, batch: 128, channels: 24, filters: 48, positions: 25088, taps: 9, flops: 520224768, direct: 17.7, gather: 6.94 },
  { kind: "conv", strided: false, batch: 16, channels: 64, filters: 64, positions: 65536, taps: 9, flops: 4831838208, direct: 35.3, gather: 36.1, blocked: 23.4 },
  { kind: "convWeight", strided: false, batch: 16, channels: 64, filters: 64, positions: 65536, taps: 9, flops: 4831838208, direct: 182, gather: 47.7 },
  { kind: "conv", strided: false, batch: 4, channels: 128, filters: 128, positions: 4096, taps: 9, flops: 1207959552, direct: 7.47, gather: 7.16, blocked: 5.78 },
  { kind: "convWeight", strided: false, batch: 4, channels: 128, filters: 128, positions: 4096, taps: 9, flops: 1207959552, direct: 25, gather: 6.71 },
  { kind: "conv", strided: false, batch: 1, channels: 64, filters: 64, positions: 4096, taps: 9, flops: 301989888, direct: 1.58, gather: 1.68, blocked: 1.49 },
  { kind: "convWeight", strided: false, batch: 1, channels: 64, filters: 64, positions: 4096, taps: 9, flops: 301989888, direct: 8.94, gather: 2.12 },
  { kind: "conv", strided: false, batch: 1, channels: 256, filters: 256, positions: 256, taps: 9, flops: 301989888, direct: 1.42, gather: 1.92, blocked: 2.25 },
  { kind: "convWeight", strided: false, batch: 1, channels: 256, filters: 256, positions: 256, taps: 9, flops: 301989888, direct: 7.05, gather: 2.36 },
];
