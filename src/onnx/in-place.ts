/**
 * Which new values of variables may be written where the old ones lie while the graph runs: nothing may read an old value after that.
 * ONNX Runtime runs nodes in an order of its own and makes several of them one, so only what holds for every order and every way
 * of joining nodes counts: between the old value and the new one lies nothing but arithmetic, element by element, and nothing leaves it
 * on the way. So it is with Adam's moments and with averages; weights are read by products too.
 */
import { type Tensor, topologicalOrder } from "../tensor/index.ts";
import type { Graph, Named } from "./graph.ts";
import { storageOf } from "./live-memory.ts";
import { readersOf } from "./rewrite.ts";

/**
 * Operations whose kernels read an element before they write it, and no other. Activations are left out: those that ONNX Runtime makes of
 * several operations read their input again after they have written.
 */
const arithmetic: ReadonlySet<string> = new Set(
  "add sub mul div neg abs square sqrt maximum minimum reshape assigned stopGradient".split(" "),
);

/** Operations that fail where an index is outside. */
const fallible: ReadonlySet<string> = new Set(["gather", "takeAlongAxis", "scatterAdd"]);

/** The names of the outputs that may be written over their variables' values; of a graph that becomes a Loop's body with `loop`. */
export function inPlaceOutputs(graph: Graph, loop = false): Set<string> {
  if (loop) return afterLoop(graph);
  const order = topologicalOrder(graph.outputs.map((o) => o.tensor));
  const facts: Facts = {
    readers: readersOf(order),
    leaving: counts(graph.outputs.map((o) => o.tensor)),
    failing: order.filter((t) => fallible.has(t.op.name) && !isConstant(t.inputs[1]!)),
  };
  const inside = assignedIn(graph).filter((output) => staysInside(output, graph, facts));
  return new Set(inside.map((o) => o.name));
}

const assignedIn = ({ outputs }: Graph): Named[] => outputs.filter((o) => o.variable !== undefined);

/**
 * A Loop writes its outputs when the last iteration is over. What it writes then is not to lie where a variable came in: what
 * leaves the body as it came in is not copied on the way, and results of all iterations are joined last of all.
 */
function afterLoop(graph: Graph): Set<string> {
  const unchanged = new Set(graph.outputs.map(({ tensor }) => storageOf(tensor)));
  const kept = new Set(graph.inputs.filter(({ tensor }) => unchanged.has(tensor)).map((i) => i.variable));
  const fits = assignedIn(graph).filter((output) => changes(output) && !kept.has(output.variable));
  return new Set(fits.map((o) => o.name));
}

interface Facts {
  readonly readers: ReadonlyMap<Tensor, readonly Tensor[]>;
  /** How often a tensor is an output. */
  readonly leaving: ReadonlyMap<Tensor, number>;
  /** Operations that may end the run. */
  readonly failing: readonly Tensor[];
}

/** Whether an output is computed, and not just what came in. */
const changes = ({ tensor }: Named): boolean => storageOf(tensor).inputs.length > 0;

function staysInside({ tensor: last, variable }: Named, { inputs }: Graph, facts: Facts): boolean {
  const { readers, leaving, failing } = facts;
  if (!changes({ name: "", tensor: last }) || leaving.get(last) !== 1) return false;
  const first = inputs.find((input) => input.variable === variable)?.tensor;
  if (first && !leadsOnlyTo(last, first, readers, leaving)) return false;
  // A run that fails is to leave the state as it was: whatever may fail comes before.
  return failing.length === 0 || dependsOnAll(last, failing);
}

/** Whether all that is computed from `first`, up to `last`, is arithmetic that ends there. */
function leadsOnlyTo(
  last: Tensor,
  first: Tensor,
  readers: Facts["readers"],
  leaving: Facts["leaving"],
): boolean {
  const seen = new Set<Tensor>();
  const stack = [first];
  while (stack.length > 0) {
    const t = stack.pop()!;
    if (seen.has(t)) continue;
    seen.add(t);
    const fits = t.size === first.size && (t === first || arithmetic.has(t.op.name));
    if (!fits) return false;
    if (t === last) continue;
    const next = readers.get(t) ?? [];
    if (next.length === 0 || leaving.has(t)) return false;
    stack.push(...next);
  }
  return seen.has(last);
}

function dependsOnAll(last: Tensor, operations: readonly Tensor[]): boolean {
  const before = new Set(topologicalOrder([last]));
  return operations.every((t) => before.has(t));
}

/** Whether a tensor is the same in every run. */
const isConstant = (t: Tensor): boolean =>
  topologicalOrder([t]).every(({ op, inputs }) => inputs.length > 0 || op.name === "constant");

function counts(tensors: readonly Tensor[]): Map<Tensor, number> {
  const all = new Map<Tensor, number>();
  for (const t of tensors) all.set(t, (all.get(t) ?? 0) + 1);
  return all;
}
