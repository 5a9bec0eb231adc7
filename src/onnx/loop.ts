/**
 * Many calls of one graph as a single model: a Loop whose body is the graph, with the state carried from one iteration to
 * the next inside ONNX Runtime. Between two calls of a plain model the state is copied out and in again (75 MB for a
 * DCGAN step); between two iterations it is not.
 */
import { inputTensor } from "../tensor/index.ts";
import type { Graph, Named } from "./graph.ts";
import { graphProto, loopProto, nodeProto, valueInfo } from "./proto.ts";
import { modelBytes, type WriteOptions, writeGraph } from "./writer.ts";

/** The input that says how many iterations to run (int64 scalar). */
export const iterationsInput = "iterations";

/** The graph with an input for every variable that it assigns: the value that the first iteration starts from. */
export function withCarriedInputs(graph: Graph): Graph {
  const known = new Set(graph.inputs.map((input) => input.variable));
  const missing = graph.outputs.flatMap(({ variable, tensor }): Named[] =>
    variable === undefined || known.has(variable)
      ? []
      : [{ name: `state_${variable}`, tensor: inputTensor(variable, tensor.shape, tensor.dtype), variable }],
  );
  return { inputs: [...graph.inputs, ...missing], outputs: graph.outputs };
}

/** In the body, what changes from one iteration to the next has a name of its own. */
const inBody = (name: string): string => `${name}@`;

/**
 * Writes the Loop of a graph `withCarriedInputs`. Inputs that are no state get a leading axis of iterations, and so do outputs that are no state; a
 * variable that is assigned comes in as before the first iteration and goes out as after the last.
 */
export function writeLoop(graph: Graph, options: WriteOptions): Uint8Array {
  const { inputs, outputs } = graph;
  const assigned = outputs.filter((o) => o.variable !== undefined);
  const results = outputs.filter((o) => o.variable === undefined);
  const carried = assigned.map((o) => inputs.find((input) => input.variable === o.variable)!);
  const stacked = inputs.filter((input) => input.variable === undefined);
  const info = ({ name, tensor }: Named, lead: readonly string[] = []) =>
    valueInfo(name, [...lead, ...tensor.shape], tensor.dtype);
  const bodyInfo = (named: Named) => info({ ...named, name: inBody(named.name) });

  const body = writeGraph(graph, options);
  const changing = new Set([...stacked, ...carried, ...outputs].map(({ name }) => name));
  const rename = (name: string): string => (changing.has(name) ? inBody(name) : name);
  for (const node of body.nodes) {
    node.input = node.input.map(rename);
    node.output = node.output.map(rename);
  }
  const loop = loopProto(
    [iterationsInput, "", ...carried.map((c) => c.name)],
    [...assigned, ...results].map((o) => o.name),
    graphProto("body", {
      nodes: [
        nodeProto("Identity", ["continue"], "goes_on"),
        ...stacked.map(({ name }) => nodeProto("Gather", [name, "iteration"], inBody(name), { axis: 0 })),
        ...body.nodes,
      ],
      // Around the Loop they would be values from outside, which ONNX Runtime looks up for the inputs of every node while loading.
      initializers: body.initializers,
      inputs: [
        valueInfo("iteration", [], "int64"),
        valueInfo("continue", [], "bool"),
        ...carried.map(bodyInfo),
      ],
      outputs: [valueInfo("goes_on", [], "bool"), ...[...assigned, ...results].map(bodyInfo)],
    }),
  );
  return modelBytes(options.name, {
    nodes: [loop],
    initializers: [],
    inputs: [
      valueInfo(iterationsInput, [], "int64"),
      ...inputs.map((input) => info(input, input.variable === undefined ? ["iterations"] : [])),
    ],
    outputs: [...assigned.map((o) => info(o)), ...results.map((o) => info(o, ["iterations"]))],
  });
}
