import { bytesOf, type Graph, inPlaceOutputs } from "../onnx/index.ts";
import type { Binding } from "./engine.ts";

/** What the inputs and outputs of a graph are bound to; with `loop` it is the body of a Loop. */
export function bindingOf(graph: Graph, loop: boolean): Binding {
  const { inputs, outputs } = graph;
  const inPlace = inPlaceOutputs(graph, loop);
  return {
    states: inputs.flatMap(({ name, variable }) =>
      variable === undefined ? [] : [{ variable, input: name }],
    ),
    assigns: outputs.flatMap(({ name, variable }) =>
      variable === undefined ? [] : [{ variable, output: name, inPlace: inPlace.has(name) }],
    ),
    results: outputs.filter((o) => o.variable === undefined).map((o) => o.name),
  };
}

/** Bytes of second buffers, for the new values that may not be written over the old ones. */
export function spareBytes({ outputs }: Graph, { assigns }: Binding): number {
  const apart = new Set(assigns.filter(({ inPlace }) => !inPlace).map(({ output }) => output));
  return outputs.filter(({ name }) => apart.has(name)).reduce((sum, { tensor }) => sum + bytesOf(tensor), 0);
}
