import type { Tensor } from "../tensor/index.ts";
import type { Graph } from "./graph.ts";
import { chooseForms, type TimesBySignature } from "./lowerings/choose-form.ts";
import type { Form } from "./lowerings/convolution.ts";
import { markLiveTaps } from "./lowerings/live-taps.ts";
import { lowerConvolutions } from "./lowerings/lower-convolutions.ts";
import { algebra } from "./passes/algebra.ts";
import { columnSums } from "./passes/column-sums.ts";
import { commonSubexpressions, sameArrays } from "./passes/common-subexpressions.ts";
import { fuseActivation } from "./passes/fuse-activation.ts";
import { fuseBias } from "./passes/fuse-bias.ts";
import { joinPads } from "./passes/join-pads.ts";
import { lowerForGpu } from "./passes/lower-for-gpu.ts";
import { masksForGpu } from "./passes/masks-for-gpu.ts";
import { matmulTransposes } from "./passes/matmul-transposes.ts";
import { raisePermutes, sinkPermutes } from "./passes/sink-permutes.ts";
import { splitSlices } from "./passes/split-slices.ts";
import { applyLayouts, chooseLayouts, type Layouts } from "./passes/state-layouts.ts";
import { trivial } from "./passes/trivial.ts";
import { type Rule, rewrite } from "./rewrite.ts";

export type OptimizeOptions = {
  device: "cpu" | "gpu";
  /** Orders in which variables are stored already; a graph for the CPU may choose orders for others. */
  layouts?: Layouts;
  /** Keep every operation in its plain form and every variable in its plain order, as an exported file needs it. */
  portable?: boolean;
  /** Every convolution in this form, where it has it. Default: what is fastest. */
  form?: Form | undefined;
  /** Channels in a block of ONNX Runtime's kernels for blocked pictures, where it has them. Default: it has none. */
  block?: number | undefined;
  /** What the forms of convolutions take on the machine that will run the graph. Default: on the machine of the table. */
  times?: TimesBySignature | undefined;
};

/** What `optimize` gives. */
export interface Optimized {
  readonly graph: Graph;
  /** Orders chosen for variables that had none. */
  readonly layouts: Layouts;
}

/** A pass over the outputs of a graph. */
type Pass = (outputs: readonly Tensor[]) => Tensor[];

const noLayouts: Layouts = new Map();
const noTimes: TimesBySignature = new Map();

/**
 * The same function in fewer and faster operations. Dead code needs no pass of its own: only what the outputs are
 * computed from is ever visited.
 */
export function optimize(graph: Graph, options: OptimizeOptions): Optimized {
  const { device, layouts = noLayouts, portable = false } = options;
  const simplify = simplifier(portable);
  let current = over(applyLayouts(graph, layouts), simplify);
  let chosen: Layouts = noLayouts;
  if (device === "gpu")
    current = over(current, (outputs) =>
      rewrite(outputs, (t, before) => lowerForGpu(t, before) ?? masksForGpu(t, before)),
    );
  if (!portable) current = over(current, (outputs) => simplify(rewrite(outputs, joinPads(outputs))));
  if (device === "cpu" && !portable) {
    current = over(current, (outputs) => meetPermutes(lowered(outputs, options), simplify));
    chosen = chooseLayouts(current, layouts);
    current = over(applyLayouts(current, chosen), (outputs) => meetPermutes(outputs, simplify));
    current = over(current, (outputs) => rewrite(outputs, columnSums));
    current = over(current, (outputs) => rewrite(outputs, splitSlices(outputs)));
  }
  current = over(current, (outputs) => rewrite(outputs, fuseBias(outputs)));
  current = over(current, (outputs) => rewrite(outputs, fuseActivation(outputs)));
  return { graph: over(current, simplify), layouts: chosen };
}

/** Convolutions in the forms that are asked for, or that were measured to be the fastest. */
function lowered(outputs: readonly Tensor[], { form, block, times = noTimes }: OptimizeOptions): Tensor[] {
  const marked = rewrite(outputs, markLiveTaps);
  const choose = form ? () => form : chooseForms(marked, times, block);
  return rewrite(marked, lowerConvolutions({ choose, block }));
}

/** The graph with its outputs replaced. */
function over(graph: Graph, pass: Pass): Graph {
  const tensors = pass(graph.outputs.map((o) => o.tensor));
  return { inputs: graph.inputs, outputs: graph.outputs.map((o, i) => ({ ...o, tensor: tensors[i]! })) };
}

/** Lets permutes sink and cancel until none moves any more (at most three rounds). */
function meetPermutes(outputs: readonly Tensor[], simplify: Pass): Tensor[] {
  let current = simplify(outputs);
  for (let round = 0; round < 3; round++) {
    const next = rewrite(current, (t, before) => sinkPermutes(t, before) ?? raisePermutes(t, before));
    if (next.every((t, i) => t === current[i])) break;
    current = simplify(next);
  }
  return current;
}

/**
 * Algebra, products of transposes and common subexpressions until nothing changes (at most four rounds). What a tensor becomes
 * depends on it and its inputs alone, which never change: it is remembered, so that only what is new since costs more than a look-up.
 */
function simplifier(portable: boolean): Pass {
  const shared = commonSubexpressions(sameArrays());
  const known = new Map<Tensor, Tensor>();
  const rule: Rule = (t, before) => {
    const lean = (portable ? undefined : trivial(t, before)) ?? t;
    const simpler = algebra(lean, before) ?? lean;
    const product = matmulTransposes(simpler, before) ?? simpler;
    return shared(product, before) ?? product;
  };
  const remembered: Rule = (t, before) => {
    const made = known.get(t);
    if (made) return made;
    const simple = rule(t, before) ?? t;
    known.set(t, simple);
    return simple;
  };
  return (outputs) => {
    let current = [...outputs];
    for (let round = 0; round < 4; round++) {
      const next = rewrite(current, remembered);
      if (next.every((t, i) => t === current[i])) break;
      current = next;
    }
    return current;
  };
}
