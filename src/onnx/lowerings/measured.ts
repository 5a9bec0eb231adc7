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
export const measured: readonly Measured[] = [
  { kind: "conv", strided: true, batch: 32, channels: 1, filters: 64, positions: 32768, taps: 16, flops: 67108864, direct: 1, gather: 2.97 },
  { kind: "convTranspose", strided: true, batch: 32, channels: 1, filters: 64, positions: 32768, taps: 16, flops: 67108864, direct: 1.69, gather: 10.1 },
  { kind: "convWeight", strided: true, batch: 32, channels: 1, filters: 64, positions: 32768, taps: 16, flops: 67108864, direct: 1.87, gather: 3.06 },
  { kind: "conv", strided: true, batch: 32, channels: 3, filters: 64, positions: 32768, taps: 16, flops: 201326592, direct: 1.94, gather: 3.31 },
  { kind: "convTranspose", strided: true, batch: 32, channels: 3, filters: 64, positions: 32768, taps: 16, flops: 201326592, direct: 3.01, gather: 15 },
  { kind: "convWeight", strided: true, batch: 32, channels: 3, filters: 64, positions: 32768, taps: 16, flops: 201326592, direct: 5.05, gather: 4.01 },
  { kind: "conv", strided: true, batch: 32, channels: 16, filters: 64, positions: 32768, taps: 16, flops: 1073741824, direct: 9.5, gather: 10.1, blocked: 7.25 },
  { kind: "convTranspose", strided: true, batch: 32, channels: 16, filters: 64, positions: 32768, taps: 16, flops: 1073741824, direct: 16.3, gather: 15.3, blocked: 12.7 },
  { kind: "convWeight", strided: true, batch: 32, channels: 16, filters: 64, positions: 32768, taps: 16, flops: 1073741824, direct: 25, gather: 14.3 },
  { kind: "conv", strided: true, batch: 32, channels: 32, filters: 64, positions: 32768, taps: 16, flops: 2147483648, direct: 22.7, gather: 19, blocked: 14.5 },
  { kind: "convTranspose", strided: true, batch: 32, channels: 32, filters: 64, positions: 32768, taps: 16, flops: 2147483648, direct: 29.4, gather: 19.2, blocked: 14.6 },
  { kind: "convWeight", strided: true, batch: 32, channels: 32, filters: 64, positions: 32768, taps: 16, flops: 2147483648, direct: 44.1, gather: 19.2 },
  { kind: "conv", strided: true, batch: 32, channels: 64, filters: 64, positions: 32768, taps: 16, flops: 4294967296, direct: 42.2, gather: 37.2, blocked: 27.7 },
  { kind: "convTranspose", strided: true, batch: 32, channels: 64, filters: 64, positions: 32768, taps: 16, flops: 4294967296, direct: 50.6, gather: 34.2, blocked: 35.6 },
  { kind: "convWeight", strided: true, batch: 32, channels: 64, filters: 64, positions: 32768, taps: 16, flops: 4294967296, direct: 89.8, gather: 39.5 },
  { kind: "conv", strided: true, batch: 32, channels: 64, filters: 128, positions: 8192, taps: 16, flops: 2147483648, direct: 19.1, gather: 15.9, blocked: 14.3 },
  { kind: "convTranspose", strided: true, batch: 32, channels: 64, filters: 128, positions: 8192, taps: 16, flops: 2147483648, direct: 26.3, gather: 18.1, blocked: 13.5 },
  { kind: "convWeight", strided: true, batch: 32, channels: 64, filters: 128, positions: 8192, taps: 16, flops: 2147483648, direct: 34.1, gather: 18.5 },
  { kind: "conv", strided: true, batch: 32, channels: 128, filters: 256, positions: 2048, taps: 16, flops: 2147483648, direct: 18.3, gather: 14.6, blocked: 22.9 },
  { kind: "convTranspose", strided: true, batch: 32, channels: 128, filters: 256, positions: 2048, taps: 16, flops: 2147483648, direct: 21.6, gather: 15.9, blocked: 13.3 },
  { kind: "convWeight", strided: true, batch: 32, channels: 128, filters: 256, positions: 2048, taps: 16, flops: 2147483648, direct: 25.4, gather: 16.2 },
  { kind: "conv", strided: true, batch: 32, channels: 256, filters: 512, positions: 512, taps: 16, flops: 2147483648, direct: 18.1, gather: 14, blocked: 23.3 },
  { kind: "convTranspose", strided: true, batch: 32, channels: 256, filters: 512, positions: 512, taps: 16, flops: 2147483648, direct: 36.3, gather: 18, blocked: 16.4 },
  { kind: "convWeight", strided: true, batch: 32, channels: 256, filters: 512, positions: 512, taps: 16, flops: 2147483648, direct: 25.5, gather: 17.3 },
  { kind: "conv", strided: true, batch: 64, channels: 1, filters: 32, positions: 12544, taps: 16, flops: 12845056, direct: 0.429, gather: 1.26 },
  { kind: "convTranspose", strided: true, batch: 64, channels: 1, filters: 32, positions: 12544, taps: 16, flops: 12845056, direct: 0.913, gather: 2.17 },
  { kind: "convWeight", strided: true, batch: 64, channels: 1, filters: 32, positions: 12544, taps: 16, flops: 12845056, direct: 0.889, gather: 1.37 },
  { kind: "conv", strided: true, batch: 64, channels: 32, filters: 64, positions: 3136, taps: 16, flops: 205520896, direct: 5.13, gather: 1.64, blocked: 1.74 },
  { kind: "convTranspose", strided: true, batch: 64, channels: 32, filters: 64, positions: 3136, taps: 16, flops: 205520896, direct: 4.76, gather: 2.15, blocked: 1.92 },
  { kind: "convWeight", strided: true, batch: 64, channels: 32, filters: 64, positions: 3136, taps: 16, flops: 205520896, direct: 5.46, gather: 2.41 },
  { kind: "conv", strided: true, batch: 64, channels: 64, filters: 128, positions: 3136, taps: 16, flops: 822083584, direct: 12.3, gather: 8.53, blocked: 6.2 },
  { kind: "convTranspose", strided: true, batch: 64, channels: 64, filters: 128, positions: 3136, taps: 16, flops: 822083584, direct: 11.1, gather: 6.09, blocked: 4.67 },
  { kind: "convWeight", strided: true, batch: 64, channels: 64, filters: 128, positions: 3136, taps: 16, flops: 822083584, direct: 8.63, gather: 6.39 },
  { kind: "conv", strided: true, batch: 64, channels: 32, filters: 64, positions: 16384, taps: 9, flops: 603979776, direct: 6.11, gather: 5.41, blocked: 3.43 },
  { kind: "convTranspose", strided: true, batch: 64, channels: 32, filters: 64, positions: 16384, taps: 9, flops: 603979776, direct: 10.3, gather: 7.59, blocked: 6.33 },
  { kind: "convWeight", strided: true, batch: 64, channels: 32, filters: 64, positions: 16384, taps: 9, flops: 603979776, direct: 26.6, gather: 8.03 },
  { kind: "conv", strided: true, batch: 128, channels: 16, filters: 32, positions: 8192, taps: 9, flops: 75497472, direct: 1.35, gather: 1.05, blocked: 0.927 },
  { kind: "convTranspose", strided: true, batch: 128, channels: 16, filters: 32, positions: 8192, taps: 9, flops: 75497472, direct: 3.17, gather: 1.81, blocked: 1.72 },
  { kind: "convWeight", strided: true, batch: 128, channels: 16, filters: 32, positions: 8192, taps: 9, flops: 75497472, direct: 5.18, gather: 1.6 },
  { kind: "conv", strided: true, batch: 1, channels: 64, filters: 128, positions: 1024, taps: 16, flops: 268435456, direct: 1.44, gather: 1.69, blocked: 1.43 },
  { kind: "convTranspose", strided: true, batch: 1, channels: 64, filters: 128, positions: 1024, taps: 16, flops: 268435456, direct: 2.16, gather: 2.4, blocked: 1.5 },
  { kind: "convWeight", strided: true, batch: 1, channels: 64, filters: 128, positions: 1024, taps: 16, flops: 268435456, direct: 5.09, gather: 2.23 },
  { kind: "conv", strided: true, batch: 1, channels: 256, filters: 512, positions: 64, taps: 16, flops: 268435456, direct: 2.18, gather: 2.46, blocked: 3.87 },
  { kind: "convTranspose", strided: true, batch: 1, channels: 256, filters: 512, positions: 64, taps: 16, flops: 268435456, direct: 2.8, gather: 3.69, blocked: 4.71 },
  { kind: "convWeight", strided: true, batch: 1, channels: 256, filters: 512, positions: 64, taps: 16, flops: 268435456, direct: 5.94, gather: 2.2 },
  { kind: "conv", strided: true, batch: 1, channels: 512, filters: 512, positions: 16, taps: 16, flops: 134217728, direct: 1.46, gather: 1.9, blocked: 7.53 },
  { kind: "convTranspose", strided: true, batch: 1, channels: 512, filters: 512, positions: 16, taps: 16, flops: 134217728, direct: 2.51, gather: 7.4, blocked: 8.43 },
  { kind: "convWeight", strided: true, batch: 1, channels: 512, filters: 512, positions: 16, taps: 16, flops: 134217728, direct: 8.86, gather: 1.43 },
  { kind: "conv", strided: true, batch: 4, channels: 128, filters: 256, positions: 1024, taps: 16, flops: 1073741824, direct: 9.11, gather: 7.35, blocked: 7.49 },
  { kind: "convTranspose", strided: true, batch: 4, channels: 128, filters: 256, positions: 1024, taps: 16, flops: 1073741824, direct: 12.5, gather: 8.31, blocked: 5.69 },
  { kind: "convWeight", strided: true, batch: 4, channels: 128, filters: 256, positions: 1024, taps: 16, flops: 1073741824, direct: 14.3, gather: 8.16 },
  { kind: "conv", strided: false, batch: 64, channels: 64, filters: 64, positions: 50176, taps: 9, flops: 3699376128, direct: 32.6, gather: 29.2, blocked: 21.5 },
  { kind: "convWeight", strided: false, batch: 64, channels: 64, filters: 64, positions: 50176, taps: 9, flops: 3699376128, direct: 152, gather: 42.3 },
  { kind: "conv", strided: false, batch: 64, channels: 32, filters: 32, positions: 50176, taps: 9, flops: 924844032, direct: 10.5, gather: 9.31, blocked: 6.54 },
  { kind: "convWeight", strided: false, batch: 64, channels: 32, filters: 32, positions: 50176, taps: 9, flops: 924844032, direct: 66, gather: 21.2 },
  { kind: "conv", strided: false, batch: 64, channels: 16, filters: 16, positions: 50176, taps: 9, flops: 231211008, direct: 4.64, gather: 3.85, blocked: 2.62 },
  { kind: "convWeight", strided: false, batch: 64, channels: 16, filters: 16, positions: 50176, taps: 9, flops: 231211008, direct: 21.4, gather: 7.85 },
  { kind: "conv", strided: false, batch: 64, channels: 1, filters: 64, positions: 50176, taps: 49, flops: 314703872, direct: 3.04, gather: 12.9 },
  { kind: "convWeight", strided: false, batch: 64, channels: 1, filters: 64, positions: 50176, taps: 49, flops: 314703872, direct: 8.01, gather: 14.5 },
  { kind: "conv", strided: false, batch: 64, channels: 64, filters: 1, positions: 50176, taps: 9, flops: 57802752, direct: 9.49, gather: 9.17 },
  { kind: "convWeight", strided: false, batch: 64, channels: 64, filters: 1, positions: 50176, taps: 9, flops: 57802752, direct: 49.8, gather: 3.58 },
  { kind: "conv", strided: false, batch: 64, channels: 32, filters: 32, positions: 12544, taps: 9, flops: 231211008, direct: 3.73, gather: 2.5, blocked: 1.89 },
  { kind: "convWeight", strided: false, batch: 64, channels: 32, filters: 32, positions: 12544, taps: 9, flops: 231211008, direct: 16.2, gather: 3.54 },
  { kind: "conv", strided: false, batch: 64, channels: 48, filters: 48, positions: 12544, taps: 9, flops: 520224768, direct: 5.69, gather: 4.44, blocked: 3.01 },
  { kind: "convWeight", strided: false, batch: 64, channels: 48, filters: 48, positions: 12544, taps: 9, flops: 520224768, direct: 21.4, gather: 10.6 },
  { kind: "conv", strided: false, batch: 64, channels: 64, filters: 128, positions: 3136, taps: 9, flops: 462422016, direct: 6.37, gather: 2.92, blocked: 2.78 },
  { kind: "convWeight", strided: false, batch: 64, channels: 64, filters: 128, positions: 3136, taps: 9, flops: 462422016, direct: 10.5, gather: 3.62 },
  { kind: "conv", strided: false, batch: 64, channels: 64, filters: 64, positions: 50176, taps: 1, flops: 411041792, direct: 2.02, gather: 1.87, blocked: 4.64 },
  { kind: "convWeight", strided: false, batch: 64, channels: 64, filters: 64, positions: 50176, taps: 1, flops: 411041792, direct: 10.3, gather: 4.96 },
  { kind: "conv", strided: false, batch: 64, channels: 32, filters: 64, positions: 50176, taps: 1, flops: 205520896, direct: 1.25, gather: 1.03, blocked: 2.86 },
  { kind: "convWeight", strided: false, batch: 64, channels: 32, filters: 64, positions: 50176, taps: 1, flops: 205520896, direct: 7.22, gather: 2.24 },
  { kind: "conv", strided: false, batch: 64, channels: 32, filters: 32, positions: 50176, taps: 25, flops: 2569011200, direct: 20.7, gather: 24.2, blocked: 16 },
  { kind: "convWeight", strided: false, batch: 64, channels: 32, filters: 32, positions: 50176, taps: 25, flops: 2569011200, direct: 89.6, gather: 29.7 },
  { kind: "conv", strided: false, batch: 128, channels: 24, filters: 48, positions: 25088, taps: 9, flops: 520224768, direct: 5.47, gather: 4.48 },
  { kind: "convWeight", strided: false, batch: 128, channels: 24, filters: 48, positions: 25088, taps: 9, flops: 520224768, direct: 24.6, gather: 7.48 },
  { kind: "conv", strided: false, batch: 16, channels: 64, filters: 64, positions: 65536, taps: 9, flops: 4831838208, direct: 30.1, gather: 42.9, blocked: 22.8 },
  { kind: "convWeight", strided: false, batch: 16, channels: 64, filters: 64, positions: 65536, taps: 9, flops: 4831838208, direct: 165, gather: 53.4 },
  { kind: "conv", strided: false, batch: 4, channels: 128, filters: 128, positions: 4096, taps: 9, flops: 1207959552, direct: 7.78, gather: 7.94, blocked: 6.93 },
  { kind: "convWeight", strided: false, batch: 4, channels: 128, filters: 128, positions: 4096, taps: 9, flops: 1207959552, direct: 34.2, gather: 10.6 },
  { kind: "conv", strided: false, batch: 1, channels: 64, filters: 64, positions: 4096, taps: 9, flops: 301989888, direct: 2.5, gather: 2.33, blocked: 2.11 },
  { kind: "convWeight", strided: false, batch: 1, channels: 64, filters: 64, positions: 4096, taps: 9, flops: 301989888, direct: 12.4, gather: 3.39 },
  { kind: "conv", strided: false, batch: 1, channels: 256, filters: 256, positions: 256, taps: 9, flops: 301989888, direct: 2.06, gather: 2.33, blocked: 2.36 },
  { kind: "convWeight", strided: false, batch: 1, channels: 256, filters: 256, positions: 256, taps: 9, flops: 301989888, direct: 7.29, gather: 2.14 },
];
