import { create, toBinary } from "@bufbuild/protobuf";
import {
  ModelProtoSchema,
  type NodeProto,
  OperatorSetIdProtoSchema,
  type TensorProto,
  type ValueInfoProto,
} from "onnx-buf";
import {
  type DType,
  type Emitter,
  type NodeAttributes,
  type NodeOptions,
  pack,
  type Shape,
  type Tensor,
  type TypedArray,
  topologicalOrder,
  UserError,
} from "../tensor/index.ts";
import type { Graph, Named } from "./graph.ts";
import { graphProto, nodeProto, tensorProto, valueInfo } from "./proto.ts";
import { type Dimension, dimensionOf, type SymbolicBatch } from "./symbolic.ts";

/** The newest operator set that every backend runs completely on the GPU (GridSample 20 does not). */
export const opset = 17;

export type WriteOptions = {
  device: "cpu" | "gpu";
  /** Values for leaves that become initializers instead of inputs. */
  weights?: ReadonlyMap<Tensor, TypedArray>;
  symbolic?: SymbolicBatch;
  name?: string;
  /** Write the nodes in this order, inputs before what reads them; it decides how much memory running them takes. */
  order?: readonly Tensor[];
};

/** A graph as ONNX nodes, before it is put into a model. */
export interface WrittenGraph {
  readonly nodes: NodeProto[];
  readonly initializers: TensorProto[];
  readonly inputs: ValueInfoProto[];
  readonly outputs: ValueInfoProto[];
}

/** Writes a graph as a serialized ONNX model, opset 17. */
export function writeModel(graph: Graph, options: WriteOptions): Uint8Array {
  return modelBytes(options.name, writeGraph(graph, options));
}

/** Writes a graph as nodes, initializers, inputs and outputs. */
export function writeGraph(graph: Graph, options: WriteOptions): WrittenGraph {
  return new GraphWriter(graph, options).write();
}

/** A model of one graph. */
export function modelBytes(name = "imago", graph: WrittenGraph): Uint8Array {
  const model = create(ModelProtoSchema, {
    irVersion: 8n,
    producerName: "imago",
    opsetImport: [
      create(OperatorSetIdProtoSchema, { domain: "", version: BigInt(opset) }),
      ...runtimeDomains
        .filter((domain) => usesDomain(graph.nodes, domain))
        .map((domain) => create(OperatorSetIdProtoSchema, { domain, version: 1n })),
    ],
    graph: graphProto(name, graph),
  });
  return toBinary(ModelProtoSchema, model);
}

/** Of ONNX Runtime's own operations. */
const runtimeDomains = ["com.microsoft", "com.microsoft.nchwc"];

/** Whether a node, or one in the body of a loop, is of this domain. */
const usesDomain = (nodes: readonly NodeProto[], domain: string): boolean =>
  nodes.some(
    (node) =>
      node.domain === domain || node.attribute.some(({ g }) => g !== undefined && usesDomain(g.node, domain)),
  );

class GraphWriter implements Emitter {
  readonly device: "cpu" | "gpu";
  readonly #graph: Graph;
  readonly #options: WriteOptions;
  readonly #nodes: NodeProto[] = [];
  readonly #initializers = new Map<string, TensorProto>();
  readonly #names = new Map<Tensor, string>();
  /** Names that the caller chose: an output may well be called "t0". */
  readonly #taken: ReadonlySet<string>;
  #counter = 0;

  constructor(graph: Graph, options: WriteOptions) {
    this.device = options.device;
    this.#graph = graph;
    this.#options = options;
    this.#taken = new Set([...graph.inputs, ...graph.outputs].map(({ name }) => name));
  }

  write(): WrittenGraph {
    const { inputs, outputs } = this.#graph;
    const weights = this.#options.weights ?? new Map<Tensor, TypedArray>();
    for (const { name, tensor } of inputs) {
      this.#names.set(tensor, name);
      const data = weights.get(tensor);
      if (data) this.#initializers.set(name, tensorProto(name, data, tensor.shape, tensor.dtype));
    }
    const tensors = outputs.map((o) => o.tensor);
    for (const tensor of this.#options.order ?? topologicalOrder(tensors)) this.#emit(tensor);
    this.#nameOutputs();
    return {
      nodes: this.#nodes,
      initializers: [...this.#initializers.values()],
      inputs: inputs.filter(({ tensor }) => !weights.has(tensor)).map((input) => this.#valueInfo(input)),
      outputs: outputs.map((output) => this.#valueInfo(output)),
    };
  }

  /** Gives outputs their names: to the node that makes them, or to a copy where that is an input or another output. */
  #nameOutputs(): void {
    const made = new Set(this.#nodes.map((node) => node.output[0]!));
    const renamed = new Map<string, string>();
    const copies: NodeProto[] = [];
    for (const { name, tensor } of this.#graph.outputs) {
      const internal = this.#nameOf(tensor);
      if (made.has(internal) && !renamed.has(internal)) renamed.set(internal, name);
      else copies.push(nodeProto("Identity", [internal], name));
    }
    this.#nodes.push(...copies);
    const now = (name: string): string => renamed.get(name) ?? name;
    for (const node of this.#nodes) {
      node.input = node.input.map(now);
      node.output = node.output.map(now);
    }
  }

  #emit(tensor: Tensor): void {
    if (this.#names.has(tensor)) return;
    const inputs = tensor.inputs.map((x) => this.#nameOf(x));
    this.#names.set(tensor, tensor.op.onnx(this, inputs, tensor, tensor.attrs));
  }

  #nameOf(tensor: Tensor): string {
    const name = this.#names.get(tensor);
    if (name === undefined) throw new Error(`${tensor} was used before it was written`);
    return name;
  }

  node(
    opType: string,
    inputs: readonly string[],
    attributes?: NodeAttributes,
    { outputs = 1, domain }: NodeOptions = {},
  ): string {
    const output = this.#free(`t${this.#counter++}`);
    const node = nodeProto(opType, inputs, output, attributes, domain);
    for (let i = 1; i < outputs; i++) node.output.push(`${output}_${i}`);
    this.#nodes.push(node);
    return output;
  }

  scalar(value: number, dtype: DType): string {
    return this.#initializer(
      `${dtype}_${Object.is(value, -0) ? "-0" : value}`,
      pack(dtype, [value]),
      [],
      dtype,
    );
  }

  constantInts(values: readonly number[]): string {
    return this.#initializer(`ints_${values.join("_")}`, pack("int64", values), [values.length], "int64");
  }

  constant(data: TypedArray, shape: Shape, dtype: DType): string {
    if (data.length === 1 && shape.length === 0) return this.scalar(Number(data[0]), dtype);
    return this.#initializer(`constant_${this.#counter++}`, data, shape, dtype);
  }

  #free(name: string): string {
    return this.#taken.has(name) ? this.#free(`${name}_`) : name;
  }

  #initializer(label: string, data: TypedArray, shape: Shape, dtype: DType): string {
    const name = this.#free(label);
    if (!this.#initializers.has(name)) this.#initializers.set(name, tensorProto(name, data, shape, dtype));
    return name;
  }

  ints(y: Tensor, of: (y: Tensor) => readonly number[]): string {
    return this.#dimensions(this.#compare(y, of));
  }

  target(y: Tensor): string {
    const dims = this.#compare(y, (t) => t.shape);
    const symbolic = dims.filter((d) => typeof d !== "number");
    if (symbolic.length === 1 && !dims.includes(0)) {
      return this.constantInts(dims.map((d) => (typeof d === "number" ? d : -1)));
    }
    return this.#dimensions(dims);
  }

  #compare(y: Tensor, of: (y: Tensor) => readonly number[]): Dimension[] {
    const { symbolic } = this.#options;
    const twin = symbolic?.twin.get(y);
    if (!symbolic || !twin) return [...of(y)];
    const other = of(twin);
    return of(y).map((p, i) => dimensionOf(p, other[i]!, symbolic));
  }

  #dimensions(dims: readonly Dimension[]): string {
    const fixed = dims.filter((d) => typeof d === "number");
    if (fixed.length === dims.length) return this.constantInts(fixed);
    const parts = dims.map((d) =>
      typeof d === "number" ? this.constantInts([d]) : this.#linear(d.scale, d.offset),
    );
    return parts.length === 1 ? parts[0]! : this.node("Concat", parts, { axis: 0 });
  }

  #linear(scale: number, offset: number): string {
    let name = this.#batchSize();
    if (scale !== 1) name = this.node("Mul", [name, this.constantInts([scale])]);
    if (offset !== 0) name = this.node("Add", [name, this.constantInts([offset])]);
    return name;
  }

  /** The batch size as a 1-D int64 tensor, read from the shape of an input that has it. */
  #batchSize(): string {
    const { symbol } = this.#options.symbolic!;
    for (const { name, tensor } of this.#graph.inputs) {
      const axis = this.#symbols(tensor).indexOf(symbol);
      if (axis < 0) continue;
      const shape = this.node("Shape", [name]);
      return this.node("Gather", [shape, this.constantInts([axis])], { axis: 0 });
    }
    throw new UserError(
      `onnx: no input has the size "${symbol}", so the graph cannot know it; give an input a first axis of that size.`,
    );
  }

  #symbols(tensor: Tensor): (number | string)[] {
    const symbol = this.#options.symbolic?.symbol ?? "";
    return this.#compare(tensor, (t) => t.shape).map((d) => {
      if (typeof d === "number") return d;
      return d.scale === 1 && d.offset === 0 ? symbol : `${d.scale}*${symbol}+${d.offset}`;
    });
  }

  #valueInfo({ name, tensor }: Named): ReturnType<typeof valueInfo> {
    return valueInfo(name, this.#symbols(tensor), tensor.dtype);
  }
}
