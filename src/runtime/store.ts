import type { Layouts, Pack } from "../onnx/index.ts";
import {
  formatShape,
  invertPermutation,
  type Shape,
  sameShape,
  UserError,
  type Variable,
} from "../tensor/index.ts";
import { createStream, deriveKey } from "../tensor/random/index.ts";
import type { Engine } from "./engine.ts";
import { permuteData } from "./permute-data.ts";
import { createStoredState } from "./stored-state.ts";
import { checkValue, type Value } from "./value.ts";

/**
 * The named numbers of a runtime: which variables have a value on the engine, and of what shape. Calls are not to
 * overlap (the runtime's queue sees to that): a variable may be on its way to another order.
 */
export interface Store {
  /**
   * Gives every variable that has none yet its first value, and stores those in `layouts` in that order from now on, and the
   * members of `packs` in these.
   */
  ensure(variables: Iterable<Variable>, layouts?: Layouts, packs?: readonly Pack[]): Promise<void>;
  /** Orders in which variables are stored on the engine, where it is not the plain one. */
  layouts(): Layouts;
  /** Vectors on the engine that hold several variables. */
  packs(): readonly Pack[];
  /** The name of the pack that holds a variable. */
  packOf(name: string): string | undefined;
  get(name: string): Promise<Value>;
  set(name: string, value: Value): Promise<void>;
  names(): string[];
}

interface Entry {
  readonly shape: Shape;
  readonly dtype: string;
  variable: Variable | undefined;
}

/** A plain value in the order in which it is stored, and back. */
const toStored = ({ data, shape }: Value, order: Shape): Value => ({
  data: permuteData(data, shape, order),
  shape: order.map((axis) => shape[axis]!),
});
const toPlain = (stored: Value, order: Shape): Value => toStored(stored, invertPermutation(order));

/** An empty store; first values are drawn from streams keyed by `seed` and the variable's name. */
export function createStore(engine: () => Promise<Engine>, seed: number): Store {
  const entries = new Map<string, Entry>();
  const orders = new Map<string, Shape>();

  const stored = createStoredState(engine);

  const readStored = (name: string): Promise<Value> => {
    const [{ shape }, order] = [entries.get(name)!, orders.get(name)];
    return stored.read(name, order ? order.map((axis) => shape[axis]!) : shape);
  };
  const read = async (name: string): Promise<Value> => {
    const value = await readStored(name);
    const order = orders.get(name);
    return order ? toPlain(value, order) : value;
  };
  const write = (name: string, value: Value, own = false): Promise<void> => {
    const order = orders.get(name);
    return order ? stored.write(name, toStored(value, order), true) : stored.write(name, value, own);
  };
  const move = async (name: string, order: Shape): Promise<void> => {
    const value = await read(name);
    orders.set(name, order);
    await write(name, value, true);
  };

  const adopt = (variable: Variable, entry: Entry): void => {
    if (entry.variable && entry.variable !== variable) {
      throw new UserError(
        `Two variables named "${variable.name}" share one runtime; give one network another name, or compile them on separate runtimes (createRuntime()).`,
      );
    }
    if (!sameShape(entry.shape, variable.shape) || entry.dtype !== variable.dtype) {
      throw new UserError(
        `The variable "${variable.name}" was set to ${entry.dtype}${formatShape(entry.shape)}, but the network makes it ${variable.dtype}${formatShape(variable.shape)}; set it from a model of the same options.`,
      );
    }
    entry.variable = variable;
  };

  return {
    async ensure(variables, layouts = new Map(), packs = []) {
      const toPack = new Set(packs.flatMap(({ members }) => members.map((member) => member.variable)));
      const fresh = new Map<string, Value>();
      const writes: Promise<void>[] = [];
      for (const variable of variables) {
        const { name, shape, dtype } = variable;
        const known = entries.get(name);
        const order = layouts.get(name);
        if (known) {
          adopt(variable, known);
          // One after the other: two of them may lie in one pack.
          if (order) await move(name, order);
          continue;
        }
        if (order) orders.set(name, order);
        const data = variable.init(shape, createStream(deriveKey(seed, "init", variable.initAs ?? name)));
        entries.set(name, { shape, dtype, variable });
        if (toPack.has(name)) fresh.set(name, order ? toStored({ data, shape }, order) : { data, shape });
        else writes.push(write(name, { data, shape }, variable.initFresh));
      }
      await Promise.all(writes);
      for (const pack of packs)
        await stored.addPack(pack, async (name) => fresh.get(name) ?? readStored(name));
    },
    async get(name) {
      requireKnown(name, entries);
      return read(name);
    },
    async set(name, value) {
      const { data, shape, dtype } = checkValue(value, `the value of "${name}"`, "set");
      const known = entries.get(name);
      if (known && (!sameShape(known.shape, shape) || known.dtype !== dtype)) {
        throw new UserError(
          `set: "${name}" is ${known.dtype}${formatShape(known.shape)}, got ${dtype}${formatShape(shape)}; give a value of the same shape and type.`,
        );
      }
      if (!known) entries.set(name, { shape, dtype, variable: undefined });
      await write(name, { data, shape });
    },
    layouts: () => orders,
    packs: stored.packs,
    packOf: stored.packOf,
    names: () => [...entries.keys()],
  };
}

function requireKnown(name: string, entries: ReadonlyMap<string, Entry>): void {
  if (entries.has(name)) return;
  const some =
    [...entries.keys()].slice(0, 5).join(", ") || "none yet: parameters exist after the first call";
  throw new UserError(`get: there is no variable "${name}" in this runtime; it has ${some}.`);
}
