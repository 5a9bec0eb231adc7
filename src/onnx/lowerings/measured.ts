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
// biome-ignore format: one measurement a line
export const measured: readonly Measured[] = [
  { kind: "conv", strided: true, batch: 32, channels: 1, filters: 64, positions: 32768, taps: 16, flops: 67108864, direct: 0.832, gather: 2.9, blocked: 1.2 },
  { kind: "convTranspose", strided: true, batch: 32, channels: 1, filters: 64, positions: 32768, taps: 16, flops: 67108864, direct: 1.59, gather: 10.6 },
  { kind: "convWeight", strided: true, batch: 32, channels: 1, filters: 64, positions: 32768, taps: 16, flops: 67108864, direct: 1.89, gather: 6.62, blocked: 1.03 },
  { kind: "conv", strided: true, batch: 32, channels: 3, filters: 64, positions: 32768, taps: 16, flops: 201326592, direct: 1.52, gather: 4.05, blocked: 1.93 },
  { kind: "convTranspose", strided: true, batch: 32, channels: 3, filters: 64, positions: 32768, taps: 16, flops: 201326592, direct: 2.35, gather: 14.7 },
  { kind: "convWeight", strided: true, batch: 32, channels: 3, filters: 64, positions: 32768, taps: 16, flops: 201326592, direct: 4.39, gather: 6.61, blocked: 2.76 },
  { kind: "conv", strided: true, batch: 32, channels: 16, filters: 64, positions: 32768, taps: 16, flops: 1073741824, direct: 10.2, gather: 10.2, blocked: 8.59 },
  { kind: "convTranspose", strided: true, batch: 32, channels: 16, filters: 64, positions: 32768, taps: 16, flops: 1073741824, direct: 18.2, gather: 15.7, blocked: 10.5 },
  { kind: "convWeight", strided: true, batch: 32, channels: 16, filters: 64, positions: 32768, taps: 16, flops: 1073741824, direct: 23.4, gather: 16.7 },
  { kind: "conv", strided: true, batch: 32, channels: 32, filters: 64, positions: 32768, taps: 16, flops: 2147483648, direct: 20.6, gather: 19.3, blocked: 14.9 },
  { kind: "convTranspose", strided: true, batch: 32, channels: 32, filters: 64, positions: 32768, taps: 16, flops: 2147483648, direct: 34.2, gather: 23.4, blocked: 16.5 },
  { kind: "convWeight", strided: true, batch: 32, channels: 32, filters: 64, positions: 32768, taps: 16, flops: 2147483648, direct: 57.6, gather: 24 },
  { kind: "conv", strided: true, batch: 32, channels: 64, filters: 64, positions: 32768, taps: 16, flops: 4294967296, direct: 38.2, gather: 34.1, blocked: 20.4 },
  { kind: "convTranspose", strided: true, batch: 32, channels: 64, filters: 64, positions: 32768, taps: 16, flops: 4294967296, direct: 55.6, gather: 29.2, blocked: 33.5 },
  { kind: "convWeight", strided: true, batch: 32, channels: 64, filters: 64, positions: 32768, taps: 16, flops: 4294967296, direct: 128, gather: 52.9 },
  { kind: "conv", strided: true, batch: 32, channels: 64, filters: 128, positions: 8192, taps: 16, flops: 2147483648, direct: 17, gather: 15.3, blocked: 14.7 },
  { kind: "convTranspose", strided: true, batch: 32, channels: 64, filters: 128, positions: 8192, taps: 16, flops: 2147483648, direct: 20.6, gather: 19, blocked: 13.6 },
  { kind: "convWeight", strided: true, batch: 32, channels: 64, filters: 128, positions: 8192, taps: 16, flops: 2147483648, direct: 45.8, gather: 17.8 },
  { kind: "conv", strided: true, batch: 32, channels: 128, filters: 256, positions: 2048, taps: 16, flops: 2147483648, direct: 18.4, gather: 13.8, blocked: 13.6 },
  { kind: "convTranspose", strided: true, batch: 32, channels: 128, filters: 256, positions: 2048, taps: 16, flops: 2147483648, direct: 21.5, gather: 14.7, blocked: 11.9 },
  { kind: "convWeight", strided: true, batch: 32, channels: 128, filters: 256, positions: 2048, taps: 16, flops: 2147483648, direct: 36.3, gather: 14.6 },
  { kind: "conv", strided: true, batch: 32, channels: 256, filters: 512, positions: 512, taps: 16, flops: 2147483648, direct: 20.1, gather: 12.8, blocked: 20 },
  { kind: "convTranspose", strided: true, batch: 32, channels: 256, filters: 512, positions: 512, taps: 16, flops: 2147483648, direct: 34.4, gather: 16.8, blocked: 14.2 },
  { kind: "convWeight", strided: true, batch: 32, channels: 256, filters: 512, positions: 512, taps: 16, flops: 2147483648, direct: 25.2, gather: 16.3 },
  { kind: "conv", strided: true, batch: 64, channels: 1, filters: 32, positions: 12544, taps: 16, flops: 12845056, direct: 0.323, gather: 1.34, blocked: 0.466 },
  { kind: "convTranspose", strided: true, batch: 64, channels: 1, filters: 32, positions: 12544, taps: 16, flops: 12845056, direct: 0.806, gather: 2.24 },
  { kind: "convWeight", strided: true, batch: 64, channels: 1, filters: 32, positions: 12544, taps: 16, flops: 12845056, direct: 0.805, gather: 1.36, blocked: 0.323 },
  { kind: "conv", strided: true, batch: 64, channels: 32, filters: 64, positions: 3136, taps: 16, flops: 205520896, direct: 3.71, gather: 1.19, blocked: 1.15 },
  { kind: "convTranspose", strided: true, batch: 64, channels: 32, filters: 64, positions: 3136, taps: 16, flops: 205520896, direct: 3.51, gather: 2.15, blocked: 1.68 },
  { kind: "convWeight", strided: true, batch: 64, channels: 32, filters: 64, positions: 3136, taps: 16, flops: 205520896, direct: 4.23, gather: 2.39 },
  { kind: "conv", strided: true, batch: 64, channels: 64, filters: 128, positions: 3136, taps: 16, flops: 822083584, direct: 12.1, gather: 5.54, blocked: 5.99 },
  { kind: "convTranspose", strided: true, batch: 64, channels: 64, filters: 128, positions: 3136, taps: 16, flops: 822083584, direct: 14.8, gather: 5.88, blocked: 5.06 },
  { kind: "convWeight", strided: true, batch: 64, channels: 64, filters: 128, positions: 3136, taps: 16, flops: 822083584, direct: 15.1, gather: 6.94 },
  { kind: "conv", strided: true, batch: 64, channels: 32, filters: 64, positions: 16384, taps: 9, flops: 603979776, direct: 6.97, gather: 5.16, blocked: 4.05 },
  { kind: "convTranspose", strided: true, batch: 64, channels: 32, filters: 64, positions: 16384, taps: 9, flops: 603979776, direct: 10.6, gather: 10.7, blocked: 6.26 },
  { kind: "convWeight", strided: true, batch: 64, channels: 32, filters: 64, positions: 16384, taps: 9, flops: 603979776, direct: 25.8, gather: 7.8 },
  { kind: "conv", strided: true, batch: 128, channels: 16, filters: 32, positions: 8192, taps: 9, flops: 75497472, direct: 1.38, gather: 1.19, blocked: 0.885 },
  { kind: "convTranspose", strided: true, batch: 128, channels: 16, filters: 32, positions: 8192, taps: 9, flops: 75497472, direct: 2.83, gather: 1.43, blocked: 1.42 },
  { kind: "convWeight", strided: true, batch: 128, channels: 16, filters: 32, positions: 8192, taps: 9, flops: 75497472, direct: 6.37, gather: 1.55 },
  { kind: "conv", strided: true, batch: 1, channels: 64, filters: 128, positions: 1024, taps: 16, flops: 268435456, direct: 1.41, gather: 1.9, blocked: 1.55 },
  { kind: "convTranspose", strided: true, batch: 1, channels: 64, filters: 128, positions: 1024, taps: 16, flops: 268435456, direct: 2.01, gather: 1.58, blocked: 1.54 },
  { kind: "convWeight", strided: true, batch: 1, channels: 64, filters: 128, positions: 1024, taps: 16, flops: 268435456, direct: 4.04, gather: 2.39 },
  { kind: "conv", strided: true, batch: 1, channels: 256, filters: 512, positions: 64, taps: 16, flops: 268435456, direct: 1.78, gather: 1.99, blocked: 3.61 },
  { kind: "convTranspose", strided: true, batch: 1, channels: 256, filters: 512, positions: 64, taps: 16, flops: 268435456, direct: 2.34, gather: 5.33, blocked: 2.25 },
  { kind: "convWeight", strided: true, batch: 1, channels: 256, filters: 512, positions: 64, taps: 16, flops: 268435456, direct: 3.51, gather: 1.89 },
  { kind: "conv", strided: true, batch: 1, channels: 512, filters: 512, positions: 16, taps: 16, flops: 134217728, direct: 1.38, gather: 1.94, blocked: 7.67 },
  { kind: "convTranspose", strided: true, batch: 1, channels: 512, filters: 512, positions: 16, taps: 16, flops: 134217728, direct: 1.86, gather: 4.37, blocked: 3.46 },
  { kind: "convWeight", strided: true, batch: 1, channels: 512, filters: 512, positions: 16, taps: 16, flops: 134217728, direct: 7.24, gather: 1.01 },
  { kind: "conv", strided: true, batch: 4, channels: 128, filters: 256, positions: 1024, taps: 16, flops: 1073741824, direct: 6.97, gather: 4.64, blocked: 6.34 },
  { kind: "convTranspose", strided: true, batch: 4, channels: 128, filters: 256, positions: 1024, taps: 16, flops: 1073741824, direct: 9, gather: 7.66, blocked: 5.25 },
  { kind: "convWeight", strided: true, batch: 4, channels: 128, filters: 256, positions: 1024, taps: 16, flops: 1073741824, direct: 14.4, gather: 7.93 },
  { kind: "conv", strided: false, batch: 64, channels: 64, filters: 64, positions: 50176, taps: 9, flops: 3699376128, direct: 28.9, gather: 25.6, blocked: 16 },
  { kind: "convWeight", strided: false, batch: 64, channels: 64, filters: 64, positions: 50176, taps: 9, flops: 3699376128, direct: 148, gather: 39 },
  { kind: "conv", strided: false, batch: 64, channels: 32, filters: 32, positions: 50176, taps: 9, flops: 924844032, direct: 12.1, gather: 8.68, blocked: 5.83 },
  { kind: "convWeight", strided: false, batch: 64, channels: 32, filters: 32, positions: 50176, taps: 9, flops: 924844032, direct: 61.2, gather: 17.8 },
  { kind: "conv", strided: false, batch: 64, channels: 16, filters: 16, positions: 50176, taps: 9, flops: 231211008, direct: 4.27, gather: 4.12, blocked: 2.44 },
  { kind: "convWeight", strided: false, batch: 64, channels: 16, filters: 16, positions: 50176, taps: 9, flops: 231211008, direct: 20.3, gather: 7.25 },
  { kind: "conv", strided: false, batch: 64, channels: 1, filters: 64, positions: 50176, taps: 49, flops: 314703872, direct: 3.24, gather: 17.5, blocked: 2.87 },
  { kind: "convWeight", strided: false, batch: 64, channels: 1, filters: 64, positions: 50176, taps: 49, flops: 314703872, direct: 8.47, gather: 21.5, blocked: 4.9 },
  { kind: "conv", strided: false, batch: 64, channels: 64, filters: 1, positions: 50176, taps: 9, flops: 57802752, direct: 9.67, gather: 8.63 },
  { kind: "convWeight", strided: false, batch: 64, channels: 64, filters: 1, positions: 50176, taps: 9, flops: 57802752, direct: 35, gather: 3.99, blocked: 1.38 },
  { kind: "conv", strided: false, batch: 64, channels: 32, filters: 32, positions: 12544, taps: 9, flops: 231211008, direct: 2.45, gather: 2.43, blocked: 1.62 },
  { kind: "convWeight", strided: false, batch: 64, channels: 32, filters: 32, positions: 12544, taps: 9, flops: 231211008, direct: 14.8, gather: 6.57 },
  { kind: "conv", strided: false, batch: 64, channels: 48, filters: 48, positions: 12544, taps: 9, flops: 520224768, direct: 5.8, gather: 4.4, blocked: 2.89 },
  { kind: "convWeight", strided: false, batch: 64, channels: 48, filters: 48, positions: 12544, taps: 9, flops: 520224768, direct: 20.3, gather: 6.77 },
  { kind: "conv", strided: false, batch: 64, channels: 64, filters: 128, positions: 3136, taps: 9, flops: 462422016, direct: 7.89, gather: 3.03, blocked: 2.65 },
  { kind: "convWeight", strided: false, batch: 64, channels: 64, filters: 128, positions: 3136, taps: 9, flops: 462422016, direct: 11, gather: 3.51 },
  { kind: "conv", strided: false, batch: 64, channels: 64, filters: 64, positions: 50176, taps: 1, flops: 411041792, direct: 2.02, gather: 1.91, blocked: 4.4 },
  { kind: "convWeight", strided: false, batch: 64, channels: 64, filters: 64, positions: 50176, taps: 1, flops: 411041792, direct: 10.1, gather: 4.94 },
  { kind: "conv", strided: false, batch: 64, channels: 32, filters: 64, positions: 50176, taps: 1, flops: 205520896, direct: 1.57, gather: 5.41, blocked: 2.84 },
  { kind: "convWeight", strided: false, batch: 64, channels: 32, filters: 64, positions: 50176, taps: 1, flops: 205520896, direct: 6.09, gather: 2.56 },
  { kind: "conv", strided: false, batch: 64, channels: 32, filters: 32, positions: 50176, taps: 25, flops: 2569011200, direct: 29.4, gather: 21.8, blocked: 15.6 },
  { kind: "convWeight", strided: false, batch: 64, channels: 32, filters: 32, positions: 50176, taps: 25, flops: 2569011200, direct: 100, gather: 36.2 },
  { kind: "conv", strided: false, batch: 128, channels: 24, filters: 48, positions: 25088, taps: 9, flops: 520224768, direct: 6.16, gather: 4.57 },
  { kind: "convWeight", strided: false, batch: 128, channels: 24, filters: 48, positions: 25088, taps: 9, flops: 520224768, direct: 31.7, gather: 7.97 },
  { kind: "conv", strided: false, batch: 16, channels: 64, filters: 64, positions: 65536, taps: 9, flops: 4831838208, direct: 40.1, gather: 35.9, blocked: 27.3 },
  { kind: "convWeight", strided: false, batch: 16, channels: 64, filters: 64, positions: 65536, taps: 9, flops: 4831838208, direct: 216, gather: 48.4 },
  { kind: "conv", strided: false, batch: 4, channels: 128, filters: 128, positions: 4096, taps: 9, flops: 1207959552, direct: 7.63, gather: 7.12, blocked: 5.5 },
  { kind: "convWeight", strided: false, batch: 4, channels: 128, filters: 128, positions: 4096, taps: 9, flops: 1207959552, direct: 25.9, gather: 10.2 },
  { kind: "conv", strided: false, batch: 1, channels: 64, filters: 64, positions: 4096, taps: 9, flops: 301989888, direct: 2.88, gather: 2.19, blocked: 1.59 },
  { kind: "convWeight", strided: false, batch: 1, channels: 64, filters: 64, positions: 4096, taps: 9, flops: 301989888, direct: 9.36, gather: 4.13 },
  { kind: "conv", strided: false, batch: 1, channels: 256, filters: 256, positions: 256, taps: 9, flops: 301989888, direct: 2.4, gather: 1.82, blocked: 1.88 },
  { kind: "convWeight", strided: false, batch: 1, channels: 256, filters: 256, positions: 256, taps: 9, flops: 301989888, direct: 6.59, gather: 2.04 },
];
