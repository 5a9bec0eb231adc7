/** One compilation of a function: traced at fixed shapes, optimised, written, loaded. */
import {
  assignedTensors,
  convolutionOf,
  convolutionsOf,
  executionOrder,
  type FormTimes,
  type Graph,
  type LivePeak,
  type Named,
  optimize,
  packState,
  peakOfGraph,
  recompute,
  runOrder,
  signatureOf,
  withCarriedInputs,
  writeLoop,
  writeModel,
} from "../onnx/index.ts";
import {
  type DType,
  inputTensor,
  newTrace,
  type Shape,
  Tensor,
  type Trace,
  topologicalOrder,
  UserError,
  type Variable,
  withTrace,
} from "../tensor/index.ts";
import type { RandomAttributes } from "../tensor/random.ts";
import { bindingOf, spareBytes } from "./binding.ts";
import type { Device } from "./engine.ts";
import type { Runtime } from "./runtime.ts";
import { settingsFor } from "./settings.ts";
import { leaves, mapLeaves } from "./structure.ts";
import { timeForms } from "./time-forms.ts";

export type TensorFunction = (...args: never[]) => unknown;

/** Shape and type of one argument leaf, by its path ("0", "0.x"). */
export type Signature = readonly { readonly path: string; readonly shape: Shape; readonly dtype: DType }[];

/** State that a graph reads or writes. */
export interface Bound {
  readonly name: string;
  readonly tensor: Tensor;
  readonly variable: Variable;
}

/** A function as a graph, before any device is known. */
export interface Traced {
  readonly trace: Trace;
  /** What the function returned: tensors in a structure. */
  readonly result: unknown;
  readonly inputs: readonly Named[];
  readonly states: readonly Bound[];
  readonly randoms: readonly (Named & { readonly attrs: RandomAttributes })[];
  readonly outputs: readonly Named[];
  readonly assigns: readonly Bound[];
}

export const isTensor = (x: unknown): boolean => x instanceof Tensor;

/** Calls `fn` on symbolic tensors and collects what it met. `args` holds Signature entries in the structure of the arguments. */
export function traceFunction(
  fn: TensorFunction,
  args: readonly unknown[],
  isLeaf: (x: unknown) => boolean,
  options: { name: string; training?: boolean | undefined },
): Traced {
  const trace = newTrace(options.name, options.training);
  const inputs: Named[] = [];
  const result = withTrace(trace, () => {
    const tensors = args.map((arg, i) =>
      mapLeaves(
        arg,
        isLeaf,
        (leaf: { shape: Shape; dtype: DType }, path) => {
          const tensor = inputTensor(`in_${path}`, leaf.shape, leaf.dtype);
          inputs.push({ name: `in_${path}`, tensor });
          return tensor;
        },
        String(i),
      ),
    );
    return (fn as (...args: unknown[]) => unknown)(...tensors);
  });
  if (result instanceof Promise) {
    result.catch(() => undefined); // abandoned: what it throws later is of no interest
    throw new UserError(
      `${options.name}: the traced function is async; it runs once on symbolic tensors and must return at once.`,
    );
  }
  return collect(trace, result, inputs);
}

/** Everything that goes into or comes out of the traced function, with its name in the graph. */
function collect(trace: Trace, result: unknown, inputs: readonly Named[]): Traced {
  const bound = (kind: string, entries: ReadonlyMap<Variable, Tensor>): Bound[] =>
    [...entries].map(([variable, tensor]) => ({ name: `${kind}_${variable.name}`, tensor, variable }));
  return {
    trace,
    result,
    inputs,
    states: bound("state", trace.reads),
    assigns: bound("next", trace.assigns),
    randoms: trace.randoms.map((tensor, i) => ({
      name: `random_${i}`,
      tensor,
      attrs: tensor.attrs as RandomAttributes,
    })),
    outputs: leaves<Tensor>(result, isTensor)
      .filter((leaf) => isTensor(leaf.value))
      .map(({ path, value }) => ({ name: `out_${path}`, tensor: value })),
  };
}

/** Every variable the function reads or writes. */
export function variablesOf(traced: Traced): Set<Variable> {
  return new Set([...traced.states, ...traced.assigns].map((s) => s.variable));
}

/** The graph of a traced function: inputs, state and random numbers in, results and new state out. */
export function graphOf(traced: Traced): Graph {
  return {
    inputs: [...traced.inputs, ...traced.states.map(asState), ...traced.randoms],
    outputs: [...traced.outputs, ...traced.assigns.map(asState)],
  };
}

const asState = ({ name, tensor, variable }: Bound): Named => ({ name, tensor, variable: variable.name });

/**
 * Optimises and loads the graph on the runtime's device. With `loop` the session makes any number of calls in one run:
 * inputs, random numbers and results then have a leading axis of calls.
 */
export async function loadGraph(traced: Traced, runtime: Runtime, loop: boolean): Promise<Loaded> {
  const engine = await runtime.internals.engine();
  const device = emitterDevice(engine.device);
  const { store } = runtime.internals;
  const { form, times, tune } = runtime.internals.convolutions;
  const block = hasConvolutions(traced) ? await runtime.internals.block() : undefined;
  if (tune && times && device === "cpu") await measureForms(graphOf(traced), runtime, { times, block });
  const optimized = optimize(graphOf(traced), { device, layouts: store.layouts(), form, times, block });
  // What packs would bring on a GPU has not been measured.
  const packed =
    device === "cpu" ? packState(optimized.graph, store.packs()) : { graph: optimized.graph, made: [] };
  await store.ensure(variablesOf(traced), optimized.layouts, packed.made);
  // Last of all: what comes after it must not make the copies one again.
  const copies = device === "cpu" && runtime.internals.recompute;
  const pruned = pruneInputs(copies ? withCopies(packed.graph) : packed.graph);
  const graph = loop ? withCarriedInputs(pruned) : pruned;
  const session = runtime.internals.nextSession();
  // Where state stays in place, new values are written into memory of its own; a Loop carries them inside.
  const copiesState = await engine.copiesState();
  const elsewhere = new Set(loop || copiesState ? [] : assignedTensors(graph));
  const order = device === "cpu" ? executionOrder(tensorsOf(graph), elsewhere) : undefined;
  const options = { device, name: traced.trace.name, ...(order && { order }) };
  const binding = bindingOf(graph, loop);
  const model = loop ? writeLoop(graph, options) : writeModel(graph, options);
  await engine.load(session, model, binding, settingsFor(graph, runtime.threads));
  const used = new Set(graph.inputs.map((input) => input.name));
  return {
    session,
    loop,
    inputs: new Set(traced.inputs.filter((s) => used.has(s.name)).map((s) => s.name)),
    randoms: traced.randoms.filter((s) => used.has(s.name)),
    layouts: layoutKey(traced, runtime),
    spare: copiesState ? 0 : spareBytes(graph, binding),
    peak: peakOfGraph(graph, order && runOrder(order), elsewhere),
  };
}

const tensorsOf = ({ outputs }: Graph): Tensor[] => outputs.map((o) => o.tensor);

/** The graph with what is cheap computed again. */
function withCopies(graph: Graph): Graph {
  const { inputs, outputs } = graph;
  const tensors = recompute(tensorsOf(graph));
  return { inputs, outputs: outputs.map((o, i) => ({ ...o, tensor: tensors[i]! })) };
}

/** Whether it is of interest which kernels for convolutions the device has. */
const hasConvolutions = (traced: Traced): boolean =>
  topologicalOrder(tensorsOf(graphOf(traced))).some((t) => convolutionOf(t) !== undefined);

/** Times the forms of the graph's convolutions that are not known yet. */
async function measureForms(
  graph: Graph,
  runtime: Runtime,
  { times, block }: { times: Map<string, FormTimes>; block: number | undefined },
): Promise<void> {
  const engine = await runtime.internals.engine();
  const { threads } = runtime;
  for (const node of convolutionsOf(graph.outputs.map((o) => o.tensor))) {
    const signature = signatureOf(node);
    if (!times.has(signature)) times.set(signature, await timeForms(engine, node, { threads, block }));
  }
}

/** How the function's variables are stored, as text: a session fits only the way it was made for. */
export function layoutKey(traced: Traced, runtime: Runtime): string {
  const { store } = runtime.internals;
  const layouts = store.layouts();
  const stored = (name: string): string => `${layouts.get(name)?.join() ?? ""}@${store.packOf(name) ?? ""}`;
  return [...variablesOf(traced)].map(({ name }) => stored(name)).join(";");
}

export interface Loaded {
  readonly session: number;
  /** One run makes any number of calls. */
  readonly loop: boolean;
  /** Inputs that the optimised graph still needs. */
  readonly inputs: ReadonlySet<string>;
  readonly randoms: Traced["randoms"];
  readonly layouts: string;
  /** Bytes of second buffers, for new values that may not be written over the old ones. */
  readonly spare: number;
  /** What the optimised graph holds at once. */
  readonly peak: LivePeak;
}

export function emitterDevice(device: Device): "cpu" | "gpu" {
  return device === "cpu" || device === "wasm" ? "cpu" : "gpu";
}

/** Without the inputs that no output depends on: ONNX Runtime refuses feeds for them. */
export function pruneInputs(graph: Graph): Graph {
  const reachable = new Set<Tensor>();
  const stack = graph.outputs.map((o) => o.tensor);
  while (stack.length > 0) {
    const t = stack.pop()!;
    if (reachable.has(t)) continue;
    reachable.add(t);
    stack.push(...t.inputs);
  }
  return { inputs: graph.inputs.filter((input) => reachable.has(input.tensor)), outputs: graph.outputs };
}
