import type { Graph } from "../onnx/index.ts";
import { optimize, pairGraphs, probeSizes, type SymbolicBatch, writeModel } from "../onnx/index.ts";
import { type DType, type Tensor, type TypedArray, UserError } from "../tensor/index.ts";
import type { Runtime } from "./runtime.ts";
import {
  graphOf,
  pruneInputs,
  type TensorFunction,
  type Traced,
  traceFunction,
  variablesOf,
} from "./specialize.ts";
import { mapLeaves } from "./structure.ts";

/** Sizes of one input; a string such as "N" is a size left open. */
export type OpenShape = readonly (number | string)[];
/** The shape of an argument, with its type where it is not float32, in the structure of the argument. */
export type ShapeTree =
  | OpenShape
  | { readonly shape: OpenShape; readonly dtype: DType }
  | { readonly [key: string]: ShapeTree };

export type ExportOptions = {
  /** Weights inside the file (default), or as inputs and outputs named after the variables: a whole training step. */
  weights?: "initializers" | "inputs";
  /** Names for the inputs, in the order of the arguments. Default: "input" (or the record's keys). */
  inputs?: readonly string[];
  /** Names for the outputs. Default: "output" (or the record's keys). */
  outputs?: readonly string[];
};

type Context = { readonly runtime: Runtime; readonly name: string; readonly training: boolean | undefined };

const isOpenShape = (x: unknown): x is OpenShape =>
  Array.isArray(x) && x.every((d) => typeof d === "number" || typeof d === "string");
const isSpec = (x: unknown): x is { shape: OpenShape; dtype: DType } =>
  typeof x === "object" && x !== null && "shape" in x && "dtype" in x;
const isShapeLeaf = (x: unknown): boolean => isOpenShape(x) || isSpec(x);

/** Writes `fn` as ONNX for the given shapes, portable operations only; checked at two batch sizes where one is open. */
export async function exportModel(
  fn: TensorFunction,
  list: readonly unknown[],
  context: Context,
): Promise<Uint8Array> {
  const last = list.at(-1);
  const hasOptions = isOptions(last);
  const options: ExportOptions = hasOptions ? last : {};
  const shapes = hasOptions ? list.slice(0, -1) : list;
  const symbol = onlySymbol(shapes);
  const trace = (size: number): Traced => traceFunction(fn, closed(shapes, size), isClosed, context);
  const traced = trace(probeSizes[0]);
  const { store, queue } = context.runtime.internals;
  await queue(() => store.ensure(variablesOf(traced)));
  const graph = exportGraph(traced, options);
  const weights = options.weights === "inputs" ? undefined : await weightsOf(traced, graph, context.runtime);
  if (symbol === undefined)
    return writeModel(graph, { device: "gpu", name: context.name, ...(weights && { weights }) });
  return writeSymbolic(graph, exportGraph(trace(probeSizes[1]), options), symbol, context.name, weights);
}

/** Writes from either trace and compares: a number that depends on the batch but was written as fixed would differ. */
function writeSymbolic(
  a: Graph,
  b: Graph,
  symbol: string,
  name: string,
  weights: ReadonlyMap<Tensor, TypedArray> | undefined,
): Uint8Array {
  const there: SymbolicBatch = pairGraphs(symbol, a, b, probeSizes);
  const back: SymbolicBatch = pairGraphs(symbol, b, a, [probeSizes[1], probeSizes[0]]);
  const moved =
    weights &&
    new Map(
      a.inputs.flatMap(({ tensor }, i) => {
        const data = weights.get(tensor);
        return data ? [[b.inputs[i]!.tensor, data] as const] : [];
      }),
    );
  const model = writeModel(a, { device: "gpu", name, symbolic: there, ...(weights && { weights }) });
  const other = writeModel(b, { device: "gpu", name, symbolic: back, ...(moved && { weights: moved }) });
  if (model.length !== other.length || model.some((byte, i) => byte !== other[i])) {
    throw new UserError(
      `onnx: "${name}" holds numbers that depend on "${symbol}" (such as a mean over the batch), so one file cannot serve every "${symbol}"; export it with a fixed size instead.`,
    );
  }
  return model;
}

function exportGraph(traced: Traced, options: ExportOptions): Graph {
  const whole = options.weights === "inputs";
  const full = graphOf(whole ? traced : { ...traced, assigns: [] });
  const graph = pruneInputs(optimize(full, { device: "gpu", portable: true }).graph);
  const rename = (
    name: string,
    given: readonly string[] | undefined,
    of: readonly { name: string }[],
    single: string,
  ): string => {
    const at = of.findIndex((n) => n.name === name);
    if (at < 0)
      return name.replace(/^(state|next|random)_/, (_, kind: string) => (kind === "state" ? "" : `${kind}:`));
    const path = name.replace(/^(in|out)_(\d+\.)?/, "");
    return (
      given?.[at] ??
      (of.length === 1 && /^\d*$/.test(path) ? single : /^\d*$/.test(path) ? `${single}_${path}` : path)
    );
  };
  return {
    inputs: graph.inputs.map(({ name, tensor }) => ({
      name: rename(name, options.inputs, traced.inputs, "input"),
      tensor,
    })),
    outputs: graph.outputs.map(({ name, tensor }) => ({
      name: rename(name, options.outputs, traced.outputs, "output"),
      tensor,
    })),
  };
}

async function weightsOf(traced: Traced, graph: Graph, runtime: Runtime): Promise<Map<Tensor, TypedArray>> {
  const used = new Set(graph.inputs.map((input) => input.tensor));
  const states = traced.states.filter((s) => used.has(s.tensor));
  return new Map(
    await Promise.all(
      states.map(async (s) => [s.tensor, (await runtime.get(s.variable.name)).data] as const),
    ),
  );
}

function isOptions(x: unknown): x is ExportOptions {
  if (typeof x !== "object" || x === null || Array.isArray(x) || isShapeLeaf(x)) return false;
  return (
    Object.keys(x).every((key) => key === "weights" || key === "inputs" || key === "outputs") &&
    !Object.values(x).some(isSpec)
  );
}

type Closed = { readonly closed: true; readonly shape: readonly number[]; readonly dtype: DType };
const isClosed = (x: unknown): boolean => typeof x === "object" && x !== null && "closed" in x;

function closed(shapes: readonly unknown[], size: number): unknown[] {
  return shapes.map((tree) =>
    mapLeaves(tree, isShapeLeaf, (leaf): Closed => {
      if (!isOpenShape(leaf) && !isSpec(leaf)) {
        throw new UserError(
          `onnx: got ${JSON.stringify(leaf)} for a shape, expected a list such as ["N", 100].`,
        );
      }
      const { shape, dtype } = isSpec(leaf) ? leaf : { shape: leaf, dtype: "float32" as const };
      return { closed: true, shape: shape.map((d) => (typeof d === "string" ? size : d)), dtype };
    }),
  );
}

function onlySymbol(shapes: readonly unknown[]): string | undefined {
  const names = new Set<string>();
  for (const tree of shapes) {
    mapLeaves(tree, isShapeLeaf, (leaf) => {
      const shape = isSpec(leaf) ? leaf.shape : isOpenShape(leaf) ? leaf : [];
      for (const d of shape) if (typeof d === "string") names.add(d);
    });
  }
  if (names.size > 1) {
    throw new UserError(
      `onnx: got the open sizes ${[...names].join(", ")}, expected one; fix all but the batch size.`,
    );
  }
  return [...names][0];
}
