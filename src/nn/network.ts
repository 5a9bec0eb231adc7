import {
  currentTrace,
  type NetworkRecord,
  read,
  type Tensor,
  type Trace,
  UserError,
  type Variable,
} from "../tensor/index.ts";
import { checkName, enterRecord, newRecord } from "./scope.ts";

/** A function of tensors that owns the parameters of the layers called inside it. */
export interface Network<A extends readonly unknown[], R> {
  (...args: A): R;
  readonly name: string;
  /**
   * The trainable parameters as tensors of the trace in progress, for `grad(loss, G.parameters())`: their
   * values when the call began, or what was last assigned to them in it. Call the network first: that makes
   * them.
   */
  parameters(): Tensor[];
  /** The trainable variables: what an optimiser updates. */
  variables(): Variable[];
  /** The variables that no gradient trains: running statistics, power-iteration vectors. */
  states(): Variable[];
}

export type NetworkOptions = {
  /** Lets named scopes come and go between calls, for networks that grow; everything else stays fixed. */
  growing?: boolean;
};

/**
 * Makes `fn` a network: layers called inside it create their parameters on the first call, with shapes from
 * their inputs, and find the same ones on every later call, in this trace or another. Names come from the
 * scopes and the order of calls: `G/dense_1/weight`. A network called inside another keeps its own name and
 * parameters.
 * Throws (UserError) where a later call asks for other layers or shapes than the first.
 */
export function network<A extends readonly unknown[], R>(
  name: string,
  fn: (...args: A) => R,
  { growing = false }: NetworkOptions = {},
): Network<A, R> {
  checkName(name, "network");
  const record: NetworkRecord = { name, growing, root: undefined, variables: [] };
  const trainable = (): Variable[] => called(record).variables.filter((v) => v.trainable);
  const call = (...args: A): R => callNetwork(record, () => fn(...args));
  const own = {
    parameters: () => trainable().map(read),
    variables: trainable,
    states: () => called(record).variables.filter((v) => !v.trainable),
  };
  Object.defineProperty(call, "name", { value: name });
  return Object.assign(call, own);
}

function callNetwork<R>(record: NetworkRecord, body: () => R): R {
  const { name } = record;
  const trace = currentTrace(`network ${name}`);
  if (trace.layers.some((frame) => frame.network === record)) {
    throw new UserError(
      `network ${name}: it calls itself; unroll the recursion into a loop, or use two networks.`,
    );
  }
  const undo: (() => void)[] = [];
  const root = record.root ?? newRecord(name, "network");
  try {
    const result = enterRecord(name, root, { network: record, transforms: [], undo }, body);
    checkNames(record, trace);
    record.root = root;
    return result;
  } catch (error) {
    for (const step of undo.reverse()) step();
    throw error;
  }
}

/** Two variables of one name in one trace would share a buffer in the runtime. */
function checkNames(record: NetworkRecord, trace: Trace): void {
  const own = new Map(record.variables.map((v) => [v.name, v]));
  for (const other of trace.reads.keys()) {
    if ((own.get(other.name) ?? other) !== other) {
      throw new UserError(
        `network ${record.name}: two networks of this name are used together, and both have ${other.name}; name one of them differently.`,
      );
    }
  }
}

function called(record: NetworkRecord): NetworkRecord {
  if (!record.root) {
    throw new UserError(
      `network ${record.name}: it has no parameters before its first call; call it on a tensor, then ask for them.`,
    );
  }
  return record;
}
