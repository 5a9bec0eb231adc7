/** Where a number that is not finite came from. */
import type { HostBatch } from "../data/batches.ts";
import type { Batch } from "../models/model.ts";
import { compile, type Runtime } from "../runtime/index.ts";
import {
  abs,
  cast,
  concat,
  currentTrace,
  lessEqual,
  logicalNot,
  sum,
  type Tensor,
  topologicalOrder,
} from "../tensor/index.ts";
import type { StepPart, TracedUpdate } from "./training-step.ts";

const largestFloat32 = 3.4028234663852886e38;

/** A tensor of a step with the words that tell a person which one it is. */
export interface Finding {
  /** The phase in whose update it was computed. */
  readonly phase: string;
  /** Such as `log in D/dense_1`, `the parameter G/dense_1/weight`. */
  readonly value: string;
  /** What usually makes such a value infinite or not a number. */
  readonly cause: string;
}

/**
 * Runs one part of a step on the runtime, which holds the state from before it, with every intermediate float
 * checked. Returns the first one, inputs before outputs, that holds an infinity or is not a number. The
 * runtime is spent then: the function takes the part's own name, which keys its random numbers.
 */
export async function findNotFinite(
  part: StepPart,
  runtime: Runtime,
  batches: readonly HostBatch[],
  calls: number,
): Promise<Finding | undefined> {
  let describeAt: (i: number) => Finding | undefined = () => undefined;
  const checked = (given: readonly Batch[]): Tensor => {
    const updates = part.body(given);
    const tensors = floatsOf(updates);
    describeAt = (i) => describe(tensors[i]!, updates);
    return concat(
      tensors.map((tensor) => countNotFinite(tensor)),
      0,
    );
  };
  const f = compile(checked, { runtime, training: true, name: part.name });
  await f.prepare([...batches]);
  runtime.setSteps(f.stepName, calls);
  const counts = (await f([...batches])).data;
  for (let i = 0; i < counts.length; i++) if (Number(counts[i]) > 0) return describeAt(i);
  return undefined;
}

/** Every float that the updates compute, in the order of computation. */
function floatsOf(updates: readonly TracedUpdate[]): Tensor[] {
  const roots = updates.flatMap((u) => [...Object.values(u.scalars), ...u.gradients, u.gradNorm]);
  const assigned = currentTrace("diagnose").assigns.values();
  return topologicalOrder([...roots, ...assigned]).filter(
    (tensor) => tensor.dtype === "float32" && tensor.size > 0 && tensor.op.name !== "constant",
  );
}

/** [1]. A comparison with NaN is false; a product with 0 would be simplified away. */
function countNotFinite(tensor: Tensor): Tensor {
  return sum(cast(logicalNot(lessEqual(abs(tensor), largestFloat32)), "float32")).reshape([1]);
}

function describe(tensor: Tensor, updates: readonly TracedUpdate[]): Finding {
  const op = tensor.op.name;
  for (const { phase, scalars, parameters, gradients } of updates) {
    if (topologicalOrder(Object.values(scalars)).includes(tensor)) return { phase, ...inLoss(tensor, phase) };
    const index = gradients.findIndex((gradient) => topologicalOrder([gradient]).includes(tensor));
    if (index >= 0) {
      const value = `the result of ${op} in the gradient of ${parameters[index]!.name}`;
      return { phase, value, cause: causes[op] ?? overflow };
    }
  }
  const phase = updates.at(-1)?.phase ?? "";
  return { phase, value: `the result of ${op} in an update of parameters`, cause: tooFast };
}

function inLoss({ op, attrs, scope }: Tensor, phase: string): Omit<Finding, "phase"> {
  switch (op.name) {
    case "input":
      return { value: "the data of the minibatch", cause: "the data holds numbers that are not finite" };
    case "variable":
      return { value: `the parameter ${attrs["name"]}`, cause: tooFast };
    case "assigned":
      return { value: `an updated parameter${scope === "" ? "" : ` of ${scope}`}`, cause: tooFast };
    default:
      return {
        value: `the result of ${op.name} in ${scope === "" ? `the loss of ${phase}` : scope}`,
        cause: causes[op.name] ?? overflow,
      };
  }
}

const tooFast = "the learning rate is usually too high: lower it, or clip the gradients";
const overflow = "usually a learning rate that is too high, or inputs that are too large";
const causes: { readonly [op: string]: string } = {
  log: "usually the logarithm of 0 or of a negative number: take it of logits, or keep its argument above 0",
  div: "usually a division by 0, or the derivative of a root at 0: add a small number to the divisor, or inside the root",
  reciprocal: "usually a division by 0: add a small number to the divisor",
  sqrt: "usually the root of a negative number, or its derivative at 0: add a small number inside",
  rsqrt: "usually the root of 0 or of a negative number: add a small number inside",
  exp: "usually an exponential that overflows: bound its argument, or lower the learning rate",
  pow: "usually a power of a negative number or an overflow: bound its base",
};
