import type { Tensor } from "../tensor/index.ts";

/** A tensor with the name it has outside the graph. */
export interface Named {
  readonly name: string;
  readonly tensor: Tensor;
  /** The variable whose value comes in or whose new value goes out here. */
  readonly variable?: string;
}

/** A function ready to be written: the leaves that are fed and the tensors that come out. */
export interface Graph {
  readonly inputs: readonly Named[];
  readonly outputs: readonly Named[];
}
