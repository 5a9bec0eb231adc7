/** Models in double precision: whether a difference is one of the formulas, or only of single precision. */
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { type AttributeProto, type GraphProto, ModelProtoSchema, TensorProto_DataType } from "onnx-buf";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { type Graph, optimize, writeModel } from "../onnx/index.ts";
import { convAsGemm, convWeightAsGemm } from "../onnx/lowerings/channels-last.ts";
import { type Rule, rewrite } from "../onnx/rewrite.ts";
import type { Runtime } from "../runtime/index.ts";
import { graphOf, isTensor, pruneInputs, traceFunction, variablesOf } from "../runtime/specialize.ts";
import { mapLeaves } from "../runtime/structure.ts";
import type { Replace } from "../runtime/value.ts";
import {
  type Geometry,
  grad,
  type Shape,
  type Tensor,
  type TypedArray,
  where,
  zeros,
} from "../tensor/index.ts";

/** Numbers [n, …] in double precision. */
export interface Doubles {
  readonly data: Float64Array;
  readonly shape: Shape;
}

/** A function of examples in double precision. */
export interface InFloat64<R> {
  (x: { readonly data: ArrayLike<number>; readonly shape: Shape }): Promise<Replace<R, Doubles>>;
  release(): Promise<void>;
}

/**
 * A function of examples of this shape, in inference and without random numbers, where everything is computed in float64 on the
 * CPU: parameters and constants have the values that they have in float32, nothing after them is rounded to it. Parameters keep
 * the values of this moment.
 */
export async function inFloat64<R>(
  fn: (x: Tensor) => R,
  shape: Shape,
  runtime: Runtime,
): Promise<InFloat64<R>> {
  const leaf = { shape, dtype: "float32" };
  const traced = traceFunction(fn, [leaf], (one) => one === leaf, { name: "float64", training: false });
  if (traced.randoms.length > 0) throw new Error("float64: the function draws random numbers");
  const { store, queue } = runtime.internals;
  await queue(() => store.ensure(variablesOf(traced)));
  const graph = inCommonOperations(
    pruneInputs(optimize(graphOf({ ...traced, assigns: [] }), { device: "gpu", portable: true }).graph),
  );
  const weights = new Map<Tensor, TypedArray>();
  for (const { tensor, variable } of traced.states)
    weights.set(tensor, (await runtime.get(variable.name)).data);
  const model = widened(writeModel(graph, { device: "cpu", weights }));
  const settings = { logSeverityLevel: 3, intraOpNumThreads: runtime.threads } as const;
  const session = await InferenceSession.create(model, settings);
  const run = async (x: Parameters<InFloat64<R>>[0]): Promise<Replace<R, Doubles>> => {
    const out = await session.run({ in_0: new OrtTensor("float64", Float64Array.from(x.data), x.shape) });
    return mapLeaves(traced.result, isTensor, (_, path) => {
      const { data, dims } = out[`out_${path}`]!;
      return { data: data as Float64Array, shape: dims };
    }) as Replace<R, Doubles>;
  };
  return Object.assign(run, { release: () => session.release() });
}

/** The graph in operations that ONNX Runtime has for float64: products of matrices are, convolutions are not. */
function inCommonOperations(graph: Graph): Graph {
  const tensors = rewrite(
    graph.outputs.map(({ tensor }) => tensor),
    (t, before) => substitutes[t.op.name]?.(t, before),
  );
  return { inputs: graph.inputs, outputs: graph.outputs.map((o, i) => ({ ...o, tensor: tensors[i]! })) };
}

const substitutes: { readonly [operation: string]: Rule } = {
  conv: (t) => biased(t, convAsGemm(t.inputs[0]!, t.inputs[1]!, t.shape.slice(2), geometryOf(t))),
  convWeight: (t) => convWeightAsGemm(t.inputs[0]!, t.inputs[1]!, { shape: t.shape.slice(2) }, geometryOf(t)),
  // The adjoint of a convolution is the derivative of ⟨conv(x, w), y⟩ with respect to x, wherever x is.
  convTranspose(t) {
    const [y, w] = t.inputs as [Tensor, Tensor];
    const x = zeros(t.shape);
    return biased(t, grad(convAsGemm(x, w, y.shape.slice(2), geometryOf(t)).mul(y).sum(), [x])[0]!);
  },
  step: ({ inputs: [x] }) => x!.greater(0).cast("float32"),
  elu: ({ inputs: [x], attrs }) =>
    where(
      x!.greater(0),
      x!,
      x!
        .minimum(0)
        .exp()
        .sub(1)
        .mul(attrs["alpha"] as number),
    ),
  leakyRelu: ({ inputs: [x], attrs }) => where(x!.greater(0), x!, x!.mul(attrs["slope"] as number)),
};

/** A bias that was fused into a convolution is its third input. */
const biased = ({ inputs: [, , bias], rank }: Tensor, y: Tensor): Tensor =>
  bias ? y.add(bias.reshape([-1, ...Array(rank - 2).fill(1)])) : y;

const geometryOf = ({ attrs }: Tensor): Geometry => attrs as unknown as Geometry;

const { FLOAT, DOUBLE } = TensorProto_DataType;

/** A model with float64 wherever it had float32. */
function widened(model: Uint8Array): Uint8Array {
  const proto = fromBinary(ModelProtoSchema, model);
  const { initializer, input, output, node } = proto.graph as GraphProto;
  for (const tensor of initializer) {
    if (tensor.dataType !== FLOAT) continue;
    tensor.dataType = DOUBLE;
    tensor.rawData = new Uint8Array(
      Float64Array.from(new Float32Array(tensor.rawData.slice().buffer)).buffer,
    );
  }
  for (const { type } of [...input, ...output])
    if (type?.value.case === "tensorType" && type.value.value.elemType === FLOAT)
      type.value.value.elemType = DOUBLE;
  for (const { attribute } of node) for (const one of attribute) widenCast(one);
  return toBinary(ModelProtoSchema, proto);
}

function widenCast(attribute: AttributeProto): void {
  if (attribute.name === "to" && attribute.i === BigInt(FLOAT)) attribute.i = BigInt(DOUBLE);
}
