/**
 * Small variables that an optimiser treats alike are stored as one vector, a pack, and updated together. A step of a model with
 * some hundred parameters is a few hundred operations of a microsecond each; what they cost is being started, and half of them
 * are the optimiser's. The numbers are the same to the last bit: no element is computed in another way.
 */
import { inputTensor, reshape, type Shape, type Tensor } from "../../tensor/index.ts";
import type { Graph, Named } from "../graph.ts";
import { algebra } from "../passes/algebra.ts";
import { commonSubexpressions, sameArrays } from "../passes/common-subexpressions.ts";
import { cut, join } from "../pieces.ts";
import { rewrite } from "../rewrite.ts";
import { type Bundles, newBundles } from "./bundles.ts";
import { findGroups, type Group } from "./lanes.ts";

import { rebuild } from "./rebuild.ts";

/** A vector that holds variables, one behind the other. */
export interface Pack {
  readonly name: string;
  readonly members: readonly { readonly variable: string; readonly size: number }[];
}

export interface Packed {
  readonly graph: Graph;
  /** Packs for variables that were in none. */
  readonly made: readonly Pack[];
}

/**
 * The graph with the variables of `packs` read from them and written to them. New packs are made where the graph updates small
 * variables alike that are in none: `pack/<the first one's name>`.
 */
export function packState(graph: Graph, packs: readonly Pack[]): Packed {
  const states = new Set(
    graph.inputs.flatMap(({ variable, tensor }) => (variable === undefined ? [] : tensor)),
  );
  const groups = findGroups(graph.outputs, states);
  const packed = new Set(packs.flatMap(({ members }) => members.map(({ variable }) => variable)));
  const made = groups.filter((group) => !group.some(({ variable }) => packed.has(variable!))).map(packOf);
  const bundles = newBundles();
  for (const group of groups) bundles.of(group.map(({ tensor }) => tensor));
  const whole = through(graph, [...packs, ...made], bundles);
  if (whole) return { graph: whole, made };
  // Bundles that need each other: nothing of the kind is known, but nothing rules it out.
  return { graph: through(graph, packs, newBundles())!, made: [] };
}

function packOf(group: Group): Pack {
  const members = group.map(({ variable, tensor }) => ({ variable: variable!, size: tensor.size }));
  return { name: `pack/${members[0]!.variable}`, members };
}

/** The graph over the packs that it touches. */
function through(graph: Graph, all: readonly Pack[], bundles: Bundles): Graph | undefined {
  const touched = new Set([...graph.inputs, ...graph.outputs].map(({ variable }) => variable));
  const packs = all.filter(({ members }) => members.some(({ variable }) => touched.has(variable)));
  const sources = packs.map(sourceOf);
  const sourceOfVariable = new Map(sources.flatMap((s) => [...s.parts].map(([name, part]) => [name, part])));
  const leaves = new Map<Tensor, Tensor>();
  for (const { variable, tensor } of graph.inputs) {
    const part = sourceOfVariable.get(variable ?? "");
    leaves.set(tensor, part ? reshape(part, tensor.shape) : tensor);
  }
  const made = rebuild(
    graph.outputs.map(({ tensor }) => tensor),
    leaves,
    bundles,
  );
  if (!made) return undefined;
  const outputs = graph.outputs.map((o): Named => ({ ...o, tensor: made.get(o.tensor)! }));
  const isPacked = ({ variable }: Named): boolean => sourceOfVariable.has(variable ?? "");
  const packedOutputs = new Map(outputs.filter(isPacked).map(({ variable, tensor }) => [variable!, tensor]));
  return {
    inputs: [...graph.inputs.filter((input) => !isPacked(input)), ...sources.map(({ input }) => input)],
    outputs: withoutTwins([
      ...outputs.filter((o) => !isPacked(o)),
      ...sources.flatMap((source) => outputOf(source, packedOutputs)),
    ]),
  };
}

/** The same outputs with equal operations made one, and reshapes of the pieces' reshapes. */
function withoutTwins(outputs: readonly Named[]): Named[] {
  const shared = commonSubexpressions(sameArrays());
  const tensors = rewrite(
    outputs.map(({ tensor }) => tensor),
    (t, before) => {
      const lean = (t.op.name === "reshape" && algebra(t, before)) || t;
      return shared(lean, before) ?? lean;
    },
  );
  return outputs.map((o, i) => ({ ...o, tensor: tensors[i]! }));
}

/** A pack as an input of the graph, and its variables as they come in. */
interface Source {
  readonly input: Named;
  readonly parts: ReadonlyMap<string, Tensor>;
}

function sourceOf({ name, members }: Pack): Source {
  const sizes: Shape = members.map(({ size }) => size);
  const tensor = inputTensor(name, [sizes.reduce((sum, size) => sum + size, 0)], "float32");
  const parts = cut(tensor, sizes);
  return {
    input: { name: `state_${name}`, tensor, variable: name },
    parts: new Map(members.map(({ variable }, i) => [variable, parts[i]!])),
  };
}

/** The pack as it goes out, where the graph gives any of its variables a new value. */
function outputOf({ input, parts }: Source, assigned: ReadonlyMap<string, Tensor>): Named[] {
  if (![...parts.keys()].some((variable) => assigned.has(variable))) return [];
  const tensor = join([...parts].map(([variable, before]) => assigned.get(variable) ?? before));
  return [{ name: `next_${input.variable}`, tensor, variable: input.variable! }];
}
