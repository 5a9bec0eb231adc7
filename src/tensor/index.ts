export * from "./constant.ts";
export * from "./dtype.ts";
export * from "./errors.ts";
export * from "./grad.ts";
export * from "./layer-frame.ts";
export * from "./methods.ts";
export * from "./ops/activations.ts";
export * from "./ops/arg-reduce.ts";
export * from "./ops/avg-pool.ts";
export * from "./ops/binary.ts";
export * from "./ops/broadcast.ts";
export * from "./ops/cast.ts";
export * from "./ops/clip.ts";
export * from "./ops/compare.ts";
export * from "./ops/concat.ts";
export * from "./ops/conv.ts";
export {
  type ConvOptions,
  type ConvTransposeOptions,
  convOutput,
  type Geometry,
} from "./ops/conv-geometry.ts";
export * from "./ops/create.ts";
export * from "./ops/cumulative.ts";
export * from "./ops/custom-gradient.ts";
export * from "./ops/diagonal.ts";
export * from "./ops/einsum.ts";
export * from "./ops/gather.ts";
export * from "./ops/grid-sample.ts";
export * from "./ops/matmul.ts";
export * from "./ops/max-pool.ts";
export * from "./ops/pad.ts";
export * from "./ops/permute.ts";
export * from "./ops/pixel-shuffle.ts";
export * from "./ops/prod.ts";
export * from "./ops/reduce.ts";
export * from "./ops/repeat.ts";
export * from "./ops/reshape.ts";
export * from "./ops/resize.ts";
export * from "./ops/slice.ts";
export * from "./ops/softmax.ts";
export * from "./ops/statistics.ts";
export * from "./ops/stop-gradient.ts";
export * from "./ops/unary.ts";
export * from "./ops/upsample.ts";
export * from "./ops/where.ts";
export * from "./random/stream.ts";
export * from "./random.ts";
export * from "./shape.ts";
export * from "./tensor.ts";
export * from "./trace.ts";
export * from "./variable.ts";
