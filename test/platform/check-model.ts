/** The structure that ONNX asks of a file, read back from its bytes with the ONNX schema. */
import { fromBinary } from "@bufbuild/protobuf";
import { type GraphProto, ModelProtoSchema, type ValueInfoProto } from "onnx-buf";

/** What is wrong with a model: undefined or doubly defined names, nodes out of order, inputs or outputs without shapes. */
export function structuralErrors(bytes: Uint8Array): string[] {
  const model = fromBinary(ModelProtoSchema, bytes);
  const { graph } = model;
  if (!graph) return ["there is no graph"];
  const errors = [
    ...definitions(graph),
    ...graph.input.flatMap(typeErrors),
    ...graph.output.flatMap(typeErrors),
  ];
  const opsets = model.opsetImport.map(({ domain, version }) => `${domain}:${version}`);
  if (opsets.join() !== ":17") errors.push(`operator sets ${opsets.join(" ")}, expected ONNX's own, 17`);
  const foreign = graph.node.filter(({ domain }) => domain !== "" && domain !== "ai.onnx");
  return [...errors, ...foreign.map(({ opType }) => `${opType} is no operation of ONNX`)];
}

/** Every name is defined once, before it is used. */
function definitions(graph: GraphProto): string[] {
  const errors: string[] = [];
  const defined = new Set<string>();
  const define = (name: string): void => {
    if (defined.has(name)) errors.push(`${name} is defined twice`);
    defined.add(name);
  };
  const use = (name: string, where: string): void => {
    if (name !== "" && !defined.has(name))
      errors.push(`${where} uses ${name}, which is not defined before it`);
  };
  for (const { name } of [...graph.input, ...graph.initializer]) define(name);
  for (const node of graph.node) {
    for (const name of node.input) use(name, `the node ${node.name}`);
    for (const name of node.output) define(name);
  }
  for (const { name } of graph.output) use(name, "the list of outputs");
  const names = graph.node.map(({ name }) => name);
  if (new Set(names).size !== names.length) errors.push("two nodes have one name");
  return errors;
}

function typeErrors({ name, type }: ValueInfoProto): string[] {
  if (type?.value.case !== "tensorType") return [`${name} is no tensor`];
  const dims = type.value.value.shape?.dim;
  if (!dims) return [`${name} has no shape`];
  return dims.every(({ value }) => value.case !== undefined) ? [] : [`${name} has an axis without a size`];
}
