/** What the networks of Boltzmann machines own: their parameters, and chains that go on from update to update. */
import {
  assign,
  div,
  log,
  mean,
  sizeOf,
  sub,
  type Tensor,
  UserError,
  type Variable,
} from "../tensor/index.ts";
import { normal, zeros } from "./initializers.ts";
import { type Network, network } from "./network.ts";
import { parameter, state } from "./scope.ts";

/** W [visible, hidden], b [visible], c [hidden] of a restricted Boltzmann machine, as tensors of the trace in progress. */
export interface RbmParameterTensors {
  readonly W: Tensor;
  readonly b: Tensor;
  readonly c: Tensor;
}

/** Gives the parameters of a restricted Boltzmann machine when it is called. */
export type RbmNetwork = Network<[], RbmParameterTensors>;

/** Parameters `W` ~ N(0, 0.01²), as Hinton 2010 advises, and `b`, `c`, 0 at first, under the name of the network. */
export function rbmNetwork(name: string, visible: number, hidden: number): RbmNetwork {
  return network(name, () => ({
    W: parameter("W", [visible, hidden], normal({ std: 0.01 })),
    b: parameter("b", [visible], zeros),
    c: parameter("c", [hidden], zeros),
  }));
}

/** A parameter of a network that was called before: "b" of rbm is the variable rbm/b. Throws (UserError) where it has none. */
export function variableOf(owner: Network<never, unknown>, name: string): Variable {
  const found = owner.variables().find((variable) => variable.name === `${owner.name}/${name}`);
  if (!found) throw new UserError(`network ${owner.name}: it has no variable ${name}.`);
  return found;
}

/**
 * Assigns to b the log odds of the units in the examples v [N, visible] (Hinton 2010, "A practical guide to training
 * restricted Boltzmann machines", section 8.1), so that the weights need not learn how often each unit is on. One unit on and one
 * off are counted in addition: a unit that never changes would have infinite odds.
 */
export function initializeVisibleBias(rbm: RbmNetwork, v: Tensor): void {
  rbm();
  const n = v.shape[0]!;
  const p = mean(v, 0)
    .mul(n / (n + 2))
    .add(1 / (n + 2));
  assign(variableOf(rbm, "b"), log(div(p, sub(1, p))));
}

/** State of persistent chains (Tieleman 2008): [chains, units], fair coins at first. `read` it, and `assign` what comes next. */
export function persistentChains(name: string, chains: number, units: number): Network<[], Variable> {
  return network(name, () =>
    state("units", [chains, units], (shape, random) =>
      random.uniform(new Float32Array(sizeOf(shape))).map((u) => (u < 0.5 ? 0 : 1)),
    ),
  );
}
