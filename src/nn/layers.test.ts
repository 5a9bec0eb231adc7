/** Shapes, parameters and errors of the layers; their numbers are checked in test/golden. */
import { describe, expect, test } from "vitest";
import { inputTensor, newTrace, type Tensor, withTrace } from "../tensor/index.ts";
import {
  adaptiveInstanceNorm,
  batchNorm,
  causalConv1d,
  conditionalBatchNorm,
  conv1d,
  conv2d,
  conv3d,
  convTranspose2d,
  dense,
  dropout,
  embedding,
  equalizedLearningRate,
  evaluating,
  gatedTanhSigmoid,
  glu,
  groupNorm,
  gru,
  instanceNorm,
  layerNorm,
  lstm,
  maskedConv2d,
  minibatchDiscrimination,
  minibatchStdDev,
  multiHeadAttention,
  network,
  pixelNorm,
  plainWeights,
  residualBlock,
  rmsNorm,
  selfAttention,
  spectralNorm,
  styleNorm,
  training,
  unet,
  weightNorm,
  withWeights,
} from "./index.ts";

/** The result's shape and all variables, as "name [shape]", of `body` as a network N. */
function describeNet(body: () => Tensor, mode: boolean | undefined = true) {
  const N = network("N", body);
  const y = withTrace(newTrace("t", mode), () => N());
  const text = (v: { name: string; shape: readonly number[] }): string =>
    `${v.name.slice(2)} [${v.shape.join(",")}]`;
  return { shape: y.shape, parameters: N.variables().map(text), states: N.states().map(text) };
}
const x = (...shape: number[]): Tensor => inputTensor("x", shape, "float32");
const ids = (...shape: number[]): Tensor => inputTensor("i", shape, "int32");

describe("layers make their parameters", () => {
  const cases: [string, () => Tensor, number[], string[]][] = [
    [
      "dense on more axes",
      () => dense(x(2, 5, 3), 4),
      [2, 5, 4],
      ["dense_1/weight [3,4]", "dense_1/bias [4]"],
    ],
    [
      "conv1d",
      () => conv1d(x(2, 3, 9), 4, { kernel: 3, stride: 2 }),
      [2, 4, 4],
      ["conv_1/weight [4,3,3]", "conv_1/bias [4]"],
    ],
    [
      "conv2d with groups",
      () => conv2d(x(2, 4, 8, 8), 6, { kernel: [3, 1], groups: 2, bias: false }),
      [2, 6, 6, 8],
      ["conv_1/weight [6,2,3,1]"],
    ],
    [
      "conv3d",
      () => conv3d(x(1, 2, 4, 4, 4), 3, { kernel: 2, bias: false }),
      [1, 3, 3, 3, 3],
      ["conv_1/weight [3,2,2,2,2]"],
    ],
    [
      "convTranspose2d",
      () => convTranspose2d(x(2, 4, 5, 5), 6, { kernel: 4, stride: 2, padding: 1 }),
      [2, 6, 10, 10],
      ["convTranspose_1/weight [4,6,4,4]", "convTranspose_1/bias [6]"],
    ],
    [
      "causalConv1d keeps the length",
      () => causalConv1d(x(1, 2, 11), 3, { kernel: 3, dilation: 4, bias: false }),
      [1, 3, 11],
      ["conv_1/weight [3,2,3]"],
    ],
    ["embedding", () => embedding(ids(2, 5), 10, 4), [2, 5, 4], ["embedding_1/weight [10,4]"]],
    [
      "layerNorm over two axes",
      () => layerNorm(x(2, 3, 4), { axes: 2 }),
      [2, 3, 4],
      ["layerNorm_1/weight [3,4]", "layerNorm_1/bias [3,4]"],
    ],
    ["instanceNorm", () => instanceNorm(x(2, 3, 4)), [2, 3, 4], []],
    [
      "groupNorm",
      () => groupNorm(x(2, 6, 4, 4), 3),
      [2, 6, 4, 4],
      ["groupNorm_1/weight [6]", "groupNorm_1/bias [6]"],
    ],
    ["rmsNorm", () => rmsNorm(x(2, 6)), [2, 6], ["rmsNorm_1/weight [6]"]],
    ["pixelNorm", () => pixelNorm(x(2, 6, 3, 3)), [2, 6, 3, 3], []],
    ["adaptiveInstanceNorm", () => adaptiveInstanceNorm(x(2, 6, 3, 3), x(2, 6, 5, 5)), [2, 6, 3, 3], []],
    [
      "styleNorm",
      () => styleNorm(x(2, 6, 3, 3), x(2, 8)),
      [2, 6, 3, 3],
      [
        "styleNorm_1/dense_1/weight [8,6]",
        "styleNorm_1/dense_1/bias [6]",
        "styleNorm_1/dense_2/weight [8,6]",
        "styleNorm_1/dense_2/bias [6]",
      ],
    ],
    [
      "conditionalBatchNorm on classes",
      () => conditionalBatchNorm(x(2, 6, 3, 3), ids(2), { classes: 5 }),
      [2, 6, 3, 3],
      ["conditionalBatchNorm_1/embedding_1/weight [5,6]", "conditionalBatchNorm_1/embedding_2/weight [5,6]"],
    ],
    [
      "conditionalBatchNorm on vectors",
      () => conditionalBatchNorm(x(2, 6, 3, 3), x(2, 7)),
      [2, 6, 3, 3],
      ["conditionalBatchNorm_1/dense_1/weight [7,6]", "conditionalBatchNorm_1/dense_2/weight [7,6]"],
    ],
    ["gates halve the channels", () => gatedTanhSigmoid(glu(x(2, 8, 5))), [2, 2, 5], []],
    [
      "selfAttention",
      () => selfAttention(x(2, 16, 3, 4)),
      [2, 16, 3, 4],
      [
        "selfAttention_1/conv_1/weight [2,16,1,1]",
        "selfAttention_1/conv_1/bias [2]",
        "selfAttention_1/conv_2/weight [2,16,1,1]",
        "selfAttention_1/conv_2/bias [2]",
        "selfAttention_1/conv_3/weight [2,16,1,1]",
        "selfAttention_1/conv_3/bias [2]",
        "selfAttention_1/conv_4/weight [16,2,1,1]",
        "selfAttention_1/conv_4/bias [16]",
        "selfAttention_1/gamma [1]",
      ],
    ],
    [
      "multiHeadAttention",
      () => multiHeadAttention(x(2, 5, 8), { heads: 2, key: x(2, 3, 6), bias: false }),
      [2, 5, 8],
      [
        "attention_1/dense_1/weight [8,8]",
        "attention_1/dense_2/weight [6,8]",
        "attention_1/dense_3/weight [6,8]",
        "attention_1/dense_4/weight [8,8]",
      ],
    ],
    [
      "lstm",
      () => lstm(x(2, 5, 3), 4).output,
      [2, 5, 4],
      ["lstm_1/weight_ih [3,16]", "lstm_1/weight_hh [4,16]", "lstm_1/bias_ih [16]", "lstm_1/bias_hh [16]"],
    ],
    [
      "gru",
      () => gru(x(2, 5, 3), 4, { reverse: true }).h,
      [2, 4],
      ["gru_1/weight_ih [3,12]", "gru_1/weight_hh [4,12]", "gru_1/bias_ih [12]", "gru_1/bias_hh [12]"],
    ],
    [
      "minibatchDiscrimination",
      () => minibatchDiscrimination(x(4, 6), { features: 3, dims: 2 }),
      [4, 9],
      ["minibatchDiscrimination_1/weight [6,6]"],
    ],
    ["minibatchStdDev", () => minibatchStdDev(x(8, 6, 2, 2), { features: 2 }), [8, 8, 2, 2], []],
    [
      "residualBlock, new channels, down",
      () => residualBlock(x(2, 3, 8, 8), 4, { norm: null, bias: false, order: "pre", resample: "down" }),
      [2, 4, 4, 4],
      [
        "residualBlock_1/conv_1/weight [4,3,3,3]",
        "residualBlock_1/conv_2/weight [4,4,3,3]",
        "residualBlock_1/conv_3/weight [4,3,1,1]",
      ],
    ],
    [
      "residualBlock, up",
      () => residualBlock(x(2, 4, 4, 4), 4, { norm: null, bias: false, resample: "up" }),
      [2, 4, 8, 8],
      ["residualBlock_1/conv_1/weight [4,4,3,3]", "residualBlock_1/conv_2/weight [4,4,3,3]"],
    ],
  ];
  test.each(cases)("%s", (_, body, shape, parameters) => {
    const net = describeNet(body);
    expect(net.shape).toEqual(shape);
    expect(net.parameters).toEqual(parameters);
  });

  test("batchNorm has two parameters and two states, with and without training", () => {
    for (const mode of [true, false]) {
      const net = describeNet(() => batchNorm(x(2, 3, 4, 4)), mode);
      expect(net.parameters).toEqual(["batchNorm_1/weight [3]", "batchNorm_1/bias [3]"]);
      expect(net.states).toEqual(["batchNorm_1/running_mean [3]", "batchNorm_1/running_var [3]"]);
    }
  });

  test("unet keeps the size and names its levels", () => {
    const net = describeNet(() => unet(x(1, 3, 8, 8), { channels: [4, 6, 8], out: 2 }));
    expect(net.shape).toEqual([1, 2, 8, 8]);
    const scopes = new Set(net.parameters.map((name) => name.split("/")[1]));
    expect([...scopes]).toEqual(["down0", "down1", "down2", "up1", "up0", "conv_1"]);
    expect(net.parameters).toContain("unet_1/up1/unetBlock_1/conv_1/weight [6,12,3,3]");
  });
});

describe("masked convolution keeps only what the mask leaves", () => {
  test.each([
    ["A", 7, 1, [4, 7]],
    ["B", 3, 1, [2, 3]],
    ["A", [1, 5] as const, 1, [1, 2]],
    ["A", [1, 5] as const, 3, [1, 3]],
    ["above", [3, 5] as const, 1, [1, 5]],
    ["rows", 3, 1, [2, 3]],
  ] as const)("mask %s, kernel %s, %i colours", (mask, kernel, colors, kept) => {
    const net = describeNet(() => maskedConv2d(x(2, 3, 9, 9), 6, { mask, kernel, colors, bias: false }));
    expect(net.shape).toEqual([2, 6, 9, 9]);
    expect(net.parameters).toEqual([`maskedConv_1/weight [6,3,${kept.join(",")}]`]);
  });

  test("refuses kernels without a centre and masks that hide everything", () => {
    const make = (kernel: number) => () =>
      describeNet(() => maskedConv2d(x(1, 1, 5, 5), 1, { mask: "A", kernel }));
    expect(make(4)).toThrow('a 4×4 kernel with mask "A" has no centre or sees nothing');
    expect(make(1)).toThrow('a 1×1 kernel with mask "A" has no centre or sees nothing');
  });
});

describe("weights that are functions of their parameter", () => {
  test("by option, around many layers, nested, and exempted", () => {
    const net = describeNet(() =>
      withWeights(spectralNorm, () => {
        const y = conv2d(x(2, 3, 4, 4), 5, { kernel: 1, bias: false });
        const z = dense(y.reshape([2, 80]), 6, { bias: false, weights: plainWeights });
        return withWeights(equalizedLearningRate(), () => dense(z, 7, { bias: false, weights: weightNorm }));
      }),
    );
    expect(net.parameters).toEqual([
      "conv_1/weight [5,3,1,1]",
      "dense_1/weight [80,6]",
      "dense_2/weight [6,7]",
      "dense_2/weight_g [1,7]",
    ]);
    expect(net.states).toEqual(["conv_1/weight_u [5]"]);
    const nested = describeNet(() =>
      withWeights(spectralNorm, () => withWeights(weightNorm, () => dense(x(2, 3), 4, { bias: false }))),
    );
    expect([...nested.parameters, ...nested.states]).toEqual([
      "dense_1/weight [3,4]",
      "dense_1/weight_g [1,4]",
      "dense_1/weight_u [4]",
    ]);
  });

  test("do not reach into a network called inside", () => {
    const inner = network("inner", () => dense(x(2, 3), 4));
    describeNet(() => withWeights(spectralNorm, () => inner()));
    expect(inner.states()).toEqual([]);
  });
});

describe("training mode", () => {
  const layers: [string, () => Tensor][] = [
    ["batchNorm", () => batchNorm(x(2, 3))],
    ["dropout", () => dropout(x(2, 3))],
    ["spectralNorm", () => dense(x(2, 3), 4, { weights: spectralNorm })],
  ];
  test.each(layers)("%s refuses to guess", (name, body) => {
    expect(() => withTrace(newTrace("t"), () => network("N", body)())).toThrow(
      new RegExp(`^${name}: .*say compile\\(fn, \\{ training: true \\}\\) or \\{ training: false \\}`),
    );
  });

  test("evaluating and training switch it for a while", () => {
    const trace = newTrace("t");
    const N = network("N", () => dense(x(2, 3), 4, { weights: spectralNorm }));
    withTrace(trace, () => evaluating(() => N()));
    expect(trace.assigns.size).toBe(0);
    expect(trace.training).toBeUndefined();
    withTrace(trace, () => training(() => N()));
    expect(trace.assigns.size).toBe(1);
  });

  test("dropout is the identity in use, and draws one number for each element or channel in training", () => {
    const shapes = (channels: boolean, mode: boolean) => {
      const trace = newTrace("t", mode);
      withTrace(trace, () => dropout(x(2, 3, 4), 0.3, { channels }));
      return trace.randoms.map((r) => r.shape);
    };
    expect(shapes(false, false)).toEqual([]);
    expect(shapes(false, true)).toEqual([[2, 3, 4]]);
    expect(shapes(true, true)).toEqual([[2, 3, 1]]);
  });

  test("batch statistics need more than one value", () => {
    expect(() => describeNet(() => batchNorm(x(1, 3)))).toThrow(
      "batchNorm: [1, 3] has one value per channel",
    );
  });
});

describe("wrong inputs are named with what was wanted", () => {
  const cases: [() => Tensor, string][] = [
    [
      () => conv2d(x(2, 3, 4), 5, { kernel: 3 }),
      "conv2d: got float32[2, 3, 4] for 5 channels in 1 group(s), expected float32 [N, C, H, W]",
    ],
    [
      () => conv2d(x(2, 3, 4, 4), 5, { kernel: [3] }),
      "conv2d: the kernel is [3], expected 2 positive whole numbers",
    ],
    [() => dense(ids(2, 3), 4), "dense: got int32[2, 3]"],
    [() => embedding(x(2), 3, 4), "embedding: got float32[2], expected int32 or int64 indices"],
    [() => groupNorm(x(2, 6, 4), 4), "groupNorm: 6 channels do not split into 4 groups"],
    [() => lstm(x(2, 3), 4).output, "lstm: got [2, 3] for 4 hidden units, expected x [N, T, features]"],
    [() => multiHeadAttention(x(2, 3, 8), { heads: 3 }), "heads that divide E"],
    [() => conditionalBatchNorm(x(2, 3, 4), ids(2)), "expected integer classes [N] with { classes: K }"],
    [() => unet(x(1, 3, 6, 6), { channels: [2, 2, 2], out: 1 }), "H and W divisible by 4"],
    [() => minibatchStdDev(x(6, 3, 2, 2)), "N a multiple of the group"],
    [() => dropout(x(2), 1), "dropout: the probability is 1, expected 0 ≤ p < 1"],
  ];
  test.each(cases)("%#", (body, message) => {
    expect(() => describeNet(body)).toThrow(message);
  });
});
