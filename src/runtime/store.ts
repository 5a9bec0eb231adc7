import { formatShape, sameShape, UserError, type Variable } from "../tensor/index.ts";
import { createStream, deriveKey } from "../tensor/random/index.ts";
import type { Engine } from "./engine.ts";
import { checkValue, type Value } from "./value.ts";

/** The named numbers of a runtime: which variables have a value on the engine, and of what shape. */
export interface Store {
  /** Gives every variable that has none yet its first value. */
  ensure(variables: Iterable<Variable>): Promise<void>;
  get(name: string): Promise<Value>;
  set(name: string, value: Value): Promise<void>;
  names(): string[];
}

interface Entry {
  readonly shape: readonly number[];
  readonly dtype: string;
  variable: Variable | undefined;
}

export function createStore(engine: () => Promise<Engine>, seed: number): Store {
  const entries = new Map<string, Entry>();

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
    async ensure(variables) {
      const writes: Promise<void>[] = [];
      const on = await engine();
      for (const variable of variables) {
        const { name, shape, dtype } = variable;
        const known = entries.get(name);
        if (known) {
          adopt(variable, known);
          continue;
        }
        const data = variable.init(shape, createStream(deriveKey(seed, "init", name)));
        entries.set(name, { shape, dtype, variable });
        writes.push(on.write(name, { data, shape }));
      }
      await Promise.all(writes);
    },
    async get(name) {
      requireKnown(name, entries);
      return (await engine()).read(name);
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
      await (await engine()).write(name, { data, shape });
    },
    names: () => [...entries.keys()],
  };
}

function requireKnown(name: string, entries: ReadonlyMap<string, Entry>): void {
  if (entries.has(name)) return;
  const some =
    [...entries.keys()].slice(0, 5).join(", ") || "none yet: parameters exist after the first call";
  throw new UserError(`get: there is no variable "${name}" in this runtime; it has ${some}.`);
}
