import { create, toBinary } from "@bufbuild/protobuf";
import { GraphProtoSchema, ModelProtoSchema, OperatorSetIdProtoSchema } from "onnx-buf";
import type { DType } from "../tensor/index.ts";
import { nodeProto, valueInfo } from "./proto.ts";
import { opset } from "./writer.ts";

/** A model that hands its input `x`, of any shape with `rank` axes, out as `y`: it copies tensors between devices. */
export function identityModel(dtype: DType, rank: number): Uint8Array {
  const dims = Array.from({ length: rank }, (_, i) => `d${i}`);
  const graph = create(GraphProtoSchema, {
    name: "identity",
    node: [nodeProto("Identity", ["x"], "y")],
    input: [valueInfo("x", dims, dtype)],
    output: [valueInfo("y", dims, dtype)],
  });
  const opsetImport = [create(OperatorSetIdProtoSchema, { domain: "", version: BigInt(opset) })];
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, { irVersion: 8n, producerName: "imago", opsetImport, graph }),
  );
}
