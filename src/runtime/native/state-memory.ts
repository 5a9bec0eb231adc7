/** The memory of variables: one buffer for each, and a second one where a run may not write over the first. */
import { allocate, type DType, dtypeOf } from "../../tensor/index.ts";
import type { Value } from "../value.ts";
import type { NativeTensor, TensorValues } from "./tensor-values.ts";

interface Held {
  current: NativeTensor;
  /** Of the same shape and type; what it holds is of no interest. */
  spare: NativeTensor | undefined;
}

export interface StateMemory {
  /** Gives a variable a value, which becomes its memory if it is `own` and has its buffer for itself. */
  write(variable: string, value: Value, own: boolean): void;
  /** Where the value of a variable lies. */
  current(variable: string): NativeTensor;
  /** The variable's second buffer. */
  spare(variable: string): NativeTensor;
  /** Makes the second buffer the value, and the first the second. */
  swap(variable: string): void;
  size(): { states: number; stateBytes: number };
  clear(): void;
}

/** No variables yet. Native values over their memory are made by `values`, and `release` gives memory back at once. */
export function stateMemory(values: TensorValues, release: (buffer: ArrayBuffer) => void): StateMemory {
  const variables = new Map<string, Held>();
  const held = (variable: string): Held => {
    const found = variables.get(variable);
    if (!found) throw new Error(`the variable ${variable} has no value on the cpu engine`);
    return found;
  };
  const free = ({ current, spare }: Held): void => {
    for (const one of spare ? [current, spare] : [current]) {
      values.free(one.pointer);
      release(one.data.buffer as ArrayBuffer);
    }
  };
  return {
    write(variable, value, own) {
      const before = variables.get(variable);
      if (before) free(before);
      const current = values.over(own && wholeBuffer(value) ? value : copyOf(value));
      variables.set(variable, { current, spare: undefined });
    },
    current: (variable) => held(variable).current,
    spare(variable) {
      const found = held(variable);
      const { data, shape } = found.current;
      found.spare ??= values.over({ data: allocate(dtypeOf(data) as DType, data.length), shape });
      return found.spare;
    },
    swap(variable) {
      const { current, spare } = held(variable);
      if (spare) variables.set(variable, { current: spare, spare: current });
    },
    size: () => ({
      states: variables.size,
      stateBytes: [...variables.values()].reduce(
        (sum, { current, spare }) => sum + current.data.byteLength * (spare ? 2 : 1),
        0,
      ),
    }),
    clear() {
      for (const one of variables.values()) free(one);
      variables.clear();
    },
  };
}

const wholeBuffer = ({ data }: Value): boolean => data.byteLength === data.buffer.byteLength;
const copyOf = ({ data, shape }: Value): Value => ({ data: data.slice(), shape });
