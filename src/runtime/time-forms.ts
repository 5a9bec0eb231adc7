/** Times the forms of a convolution on a device. */
import {
  type Convolution,
  type Form,
  type FormTimes,
  flopsOfConvolution,
  type Graph,
  hasBlockedForm,
  optimize,
  writeModel,
} from "../onnx/index.ts";
import {
  apply,
  convOp,
  convTransposeOp,
  convWeightOp,
  inputTensor,
  invertPermutation,
  narrow,
  permute,
  reshape,
  type Shape,
  type Tensor,
  Tensor as TensorNode,
} from "../tensor/index.ts";
import type { Engine } from "./engine.ts";

/** Session number of the measurement, beside that of the probe; those of compiled functions count from 0. */
const session = -2;
/** Names in the device's store; emptied afterwards. */
const operands = ["tune/a", "tune/b"] as const;
/** Up to so many channels a picture is one of colours, not of features. */
const fewChannels = 4;
const runs = { least: 5, most: 40, milliseconds: 60 };

export interface TimingOptions {
  readonly threads: number;
  /** Channels in a block, where the engine has kernels for blocked pictures. */
  readonly block?: number | undefined;
}

/** Milliseconds of each form, each with its operands and result in the order of axes that suits it: medians. */
export async function timeForms(
  engine: Engine,
  node: Convolution,
  options: TimingOptions,
): Promise<FormTimes> {
  const direct = await timeForm(engine, node, "direct", options);
  const gather = await timeForm(engine, node, "gather", options);
  const blocked = hasBlockedForm(node, options.block)
    ? await timeForm(engine, node, "blocked", options)
    : undefined;
  for (const name of operands) await engine.write(name, { data: new Float32Array(1), shape: [1] });
  return blocked === undefined ? { direct, gather } : { direct, gather, blocked };
}

async function timeForm(
  engine: Engine,
  node: Convolution,
  form: Form,
  { threads, block }: TimingOptions,
): Promise<number> {
  const graph = graphOf(node, form);
  const { graph: lowered } = optimize(graph, { device: "cpu", form, block });
  for (const { variable, tensor } of graph.inputs) {
    const data = Float32Array.from({ length: tensor.size }, (_, i) => ((i * 7919) % 2003) / 1001 - 1);
    await engine.write(variable!, { data, shape: tensor.shape });
  }
  const states = graph.inputs.map(({ name, variable }) => ({ variable: variable!, input: name }));
  const spinning = flopsOfConvolution(node) < 1e9;
  const binding = { states, assigns: [], results: ["y"] };
  await engine.load(session, writeModel(lowered, { device: "cpu" }), binding, { threads, spinning });
  try {
    return await median(() => engine.run(session, {}));
  } finally {
    await engine.unload(session);
  }
}

async function median(run: () => Promise<unknown>): Promise<number> {
  await run();
  const times: number[] = [];
  const end = performance.now() + runs.milliseconds;
  while (times.length < runs.least || (times.length < runs.most && performance.now() < end)) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
}

/** The node on two stored operands; of its result only a few numbers come back, which spares it nothing. */
function graphOf(node: Convolution, form: Form): Graph {
  const spatial = node.kernel.map((_, i) => i + 2);
  const last = form !== "direct";
  /** Axes in the order of the store: pictures of few channels come into a model as they are. */
  const orderOf = (channels: number): Shape =>
    last && channels > fewChannels ? [0, ...spatial, 1] : [0, 1, ...spatial];
  const [picture, result] = [orderOf(node.channels), orderOf(node.filters)];
  const weights = !last
    ? [0, 1, ...spatial]
    : node.kind === "convTranspose"
      ? [...spatial, 0, 1]
      : [...spatial, 1, 0];
  const x: Shape = [node.batch, node.channels, ...node.input];
  const y: Shape = [node.batch, node.filters, ...node.output];
  const w: Shape = [node.filters, node.channels / node.geometry.groups, ...node.kernel];
  const [a, b, order] =
    node.kind === "conv"
      ? [stored(0, x, picture), stored(1, w, weights), result]
      : node.kind === "convTranspose"
        ? [stored(0, y, result), stored(1, w, weights), picture]
        : [stored(0, x, picture), stored(1, y, result), weights];
  const made = permute(applied(node, a.tensor, b.tensor), order);
  const few = narrow(reshape(made, [-1]), 0, 0, 4);
  return { inputs: [a.named, b.named], outputs: [{ name: "y", tensor: few }] };
}

/** An operand of a shape that the store keeps with its axes in another order. */
function stored(which: 0 | 1, shape: Shape, order: Shape) {
  const name = `state_${which}`;
  const tensor = inputTensor(
    name,
    order.map((axis) => shape[axis]!),
    "float32",
  );
  return {
    tensor: permute(tensor, invertPermutation(order)),
    named: { name, tensor, variable: operands[which] },
  };
}

function applied({ kind, geometry, input, kernel, live }: Convolution, a: Tensor, b: Tensor): Tensor {
  const plain =
    kind === "conv"
      ? apply(convOp, [a, b], geometry)
      : kind === "convTranspose"
        ? apply(convTransposeOp, [a, b], { ...geometry, spatial: input })
        : apply(convWeightOp, [a, b], { ...geometry, kernel });
  return live ? new TensorNode(plain.op, plain.inputs, { ...plain.attrs, live }, plain, plain.scope) : plain;
}
