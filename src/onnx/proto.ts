/** Small constructors over the ONNX protobuf schema, so that the writer speaks of nodes and not of oneofs. */
import { create } from "@bufbuild/protobuf";
import {
  type AttributeProto,
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "onnx-buf";
import type { DType, NodeAttributes, Shape, TypedArray } from "../tensor/index.ts";
import { onnxType } from "../tensor/index.ts";

function attribute(name: string, value: NodeAttributes[string]): AttributeProto {
  if (typeof value === "number") {
    return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INT, i: BigInt(value) });
  }
  if (typeof value === "string") {
    const s = new TextEncoder().encode(value);
    return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.STRING, s });
  }
  if ("float" in value) {
    return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.FLOAT, f: value.float });
  }
  const ints = Array.from(value, (v) => BigInt(v));
  return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INTS, ints });
}

/** A node with one output, which also names it. */
export function nodeProto(
  opType: string,
  input: readonly string[],
  output: string,
  attributes: NodeAttributes = {},
  domain = "",
): NodeProto {
  return create(NodeProtoSchema, {
    ...{ opType, domain },
    name: output,
    input: [...input],
    output: [output],
    attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
  });
}

/** An initializer, its elements as raw bytes. */
export function tensorProto(name: string, data: TypedArray, shape: Shape, dtype: DType): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dims: shape.map((d) => BigInt(d)),
    dataType: onnxType[dtype],
    rawData: new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
  });
}

/** `dims` may name symbols ("N") beside numbers. */
export function valueInfo(name: string, dims: readonly (number | string)[], dtype: DType): ValueInfoProto {
  const dim = dims.map((d) =>
    create(TensorShapeProto_DimensionSchema, {
      value: typeof d === "number" ? { case: "dimValue", value: BigInt(d) } : { case: "dimParam", value: d },
    }),
  );
  const tensorType = create(TypeProto_TensorSchema, {
    elemType: onnxType[dtype],
    shape: create(TensorShapeProtoSchema, { dim }),
  });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: "tensorType", value: tensorType } }),
  });
}

/** A graph, for a model or for the body of a Loop. */
export function graphProto(
  name: string,
  graph: {
    readonly nodes: NodeProto[];
    readonly initializers: TensorProto[];
    readonly inputs: ValueInfoProto[];
    readonly outputs: ValueInfoProto[];
  },
): GraphProto {
  const { nodes: node, initializers: initializer, inputs: input, outputs: output } = graph;
  return create(GraphProtoSchema, { name, node, initializer, input, output });
}

/** A Loop node around `body`. */
export function loopProto(input: readonly string[], output: readonly string[], body: GraphProto): NodeProto {
  const attribute = create(AttributeProtoSchema, {
    name: "body",
    type: AttributeProto_AttributeType.GRAPH,
    g: body,
  });
  return create(NodeProtoSchema, {
    opType: "Loop",
    name: "loop",
    input: [...input],
    output: [...output],
    attribute: [attribute],
  });
}
