/**
 * How layers find their parameters. A network keeps a tree of records – what was called and which variables
 * it made – and each call walks that tree again: the first call writes it, every later call must follow it.
 */
import {
  activeTrace,
  currentTrace,
  formatShape,
  type LayerFrame,
  type LayerRecord,
  read,
  type Shape,
  sameShape,
  type Tensor,
  UserError,
  type Variable,
  withScope,
} from "../tensor/index.ts";
import type { Initializer } from "./initializers.ts";

/** A record of something not called yet. */
export function newRecord(path: string, kind: string): LayerRecord {
  return { path, kind, variables: [], layers: [], scopes: new Map(), complete: false };
}

/** The network, scope or layer we are in. Throws outside networks. */
export function currentFrame(what: string): LayerFrame {
  const frame = activeTrace()?.layers.at(-1);
  if (!frame) {
    throw new UserError(
      `${what}: called outside a network, so its parameters would have no name; wrap the model in network("G", (x) => …) and call that.`,
    );
  }
  return frame;
}

/** Runs `body` inside `record` and checks at the end that the call met all that the first one did. */
export function enterRecord<T>(
  name: string,
  record: LayerRecord,
  from: Pick<LayerFrame, "network" | "transforms" | "undo">,
  body: () => T,
): T {
  const trace = currentTrace(name);
  const { network, transforms, undo } = from;
  const frame: LayerFrame = { network, transforms, undo, record, position: 0, asked: new Set() };
  trace.layers.push(frame);
  try {
    const result = withScope(name, body);
    checkAllMet(frame);
    record.complete = true;
    return result;
  } finally {
    trace.layers.pop();
  }
}

/**
 * A layer of one's own: `body` makes its parameters with `parameter` and `state`. The n-th layer of a kind in
 * a scope is named `kind_n`, so `layer("film", …)` inside the network G has its parameters under `G/film_1`.
 */
export function layer<T>(kind: string, body: () => T): T {
  const frame = currentFrame(kind);
  const record = nextLayer(frame, kind);
  return enterRecord(lastName(record.path), record, frame, body);
}

/**
 * Runs `body` under a name of its own: `scope("block1", …)` in the network G puts its parameters under
 * `G/block1`.
 */
export function scope<T>(name: string, body: () => T): T {
  checkName(name, "scope");
  const frame = currentFrame(`scope ${name}`);
  const path = `${frame.record.path}/${name}`;
  askOnce(
    frame,
    name,
    `the scope ${path}`,
    "give every block a name of its own, or make the part they share a network",
  );
  let record = frame.record.scopes.get(name);
  if (!record) {
    if (frame.record.complete && !frame.network.growing) {
      throw changed(frame, "had no such scope", `asks for the scope ${path}`, growthHint);
    }
    record = newRecord(path, "scope");
    frame.record.scopes.set(name, record);
    frame.undo.push(() => frame.record.scopes.delete(name));
  }
  return enterRecord(name, record, frame, body);
}

/**
 * A trainable float32 tensor of the layer, scope or network we are in: made on the first call, found on every
 * later one.
 * Throws outside networks, and where the first call asked for another shape.
 */
export function parameter(name: string, shape: Shape, init: Initializer): Tensor {
  return read(findVariable(name, shape, init, true));
}

/** The variable behind {@link parameter}, for layers that also assign it: data-dependent initialisation. */
export function trainable(name: string, shape: Shape, init: Initializer): Variable {
  return findVariable(name, shape, init, true);
}

/**
 * A named state that no gradient trains, such as a running mean: `read(s)` is its value, `assign(s, value)`
 * gives it the next one.
 */
export function state(name: string, shape: Shape, init: Initializer): Variable {
  return findVariable(name, shape, init, false);
}

function findVariable(name: string, shape: Shape, init: Initializer, trainable: boolean): Variable {
  checkName(name, "parameter");
  const frame = currentFrame(`parameter ${name}`);
  const path = `${frame.record.path}/${name}`;
  askOnce(frame, name, path, "keep the tensor it returned, or choose another name");
  const known = frame.record.variables.find((v) => v.name === path);
  if (!known) return makeVariable(frame, path, shape, init, trainable);
  if (!sameShape(known.shape, shape)) {
    throw changed(
      frame,
      `made ${path} ${formatShape(known.shape)}`,
      `asks for ${formatShape(shape)}`,
      "give it inputs with the same number of channels or features each time, or make a second network",
    );
  }
  if (known.trainable !== trainable) {
    const word = (yes: boolean): string => (yes ? "parameter" : "state");
    throw changed(
      frame,
      `made ${path} a ${word(known.trainable)}`,
      `asks for a ${word(trainable)}`,
      sameLayersHint,
    );
  }
  return known;
}

function makeVariable(
  { record, network, undo }: LayerFrame,
  name: string,
  shape: Shape,
  init: Initializer,
  trainable: boolean,
): Variable {
  if (record.complete) {
    throw new UserError(
      `network ${network.name}: the first call made ${record.path} without ${name}, this call asks for it; ${sameLayersHint}.`,
    );
  }
  const variable: Variable = {
    ...{ name, shape: [...shape], dtype: "float32" as const, trainable, init },
    initFresh: init.fresh === true,
  };
  const trace = currentTrace(name);
  record.variables.push(variable);
  network.variables.push(variable);
  undo.push(() => {
    record.variables.pop();
    network.variables.pop();
    trace.reads.delete(variable);
    trace.assigns.delete(variable);
  });
  return variable;
}

function nextLayer(frame: LayerFrame, kind: string): LayerRecord {
  const { record, position } = frame;
  const known = record.layers[position];
  frame.position++;
  if (known) {
    if (known.kind === kind) return known;
    throw changed(frame, `had ${known.path} here`, `asks for a ${kind}`, sameLayersHint);
  }
  if (record.complete) {
    const had = position === 0 ? "had no layers here" : `ended with ${record.layers[position - 1]!.path}`;
    throw changed(frame, had, `asks for one more layer, a ${kind}`, sameLayersHint);
  }
  const number = 1 + record.layers.filter((other) => other.kind === kind).length;
  const made = newRecord(`${record.path}/${kind}_${number}`, kind);
  record.layers.push(made);
  frame.undo.push(() => record.layers.pop());
  return made;
}

function checkAllMet(frame: LayerFrame): void {
  const { record, position, asked, network } = frame;
  if (!record.complete) return;
  const layerLeft = record.layers[position]?.path;
  const variableLeft = record.variables.map((v) => v.name).find((name) => !asked.has(lastName(name)));
  const left = layerLeft ?? variableLeft;
  if (left) throw changed(frame, `had ${left}`, "leaves it out", sameLayersHint);
  const scopeLeft = [...record.scopes.values()].map((s) => s.path).find((path) => !asked.has(lastName(path)));
  if (scopeLeft && !network.growing) throw changed(frame, `had ${scopeLeft}`, "leaves it out", growthHint);
}

const sameLayersHint =
  "call the same layers in the same order every time, or give each variant a network of its own";
const growthHint =
  "pass { growing: true } to network() where scopes may come and go, or give each variant a network of its own";

function changed({ network }: LayerFrame, had: string, asks: string, hint: string): UserError {
  return new UserError(`network ${network.name}: the first call ${had}, this call ${asks}; ${hint}.`);
}

function askOnce({ asked, network }: LayerFrame, name: string, path: string, hint: string): void {
  if (asked.has(name))
    throw new UserError(`network ${network.name}: ${path} is used twice in one call; ${hint}.`);
  asked.add(name);
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Names become paths and file entries: no slash, no spaces. */
export function checkName(name: string, what: string): void {
  if (!/^[A-Za-z_][\w.-]*$/.test(name)) {
    throw new UserError(
      `${what}: the name ${JSON.stringify(name)} is not usable; start with a letter and go on with letters, digits, "_", "." or "-".`,
    );
  }
}
