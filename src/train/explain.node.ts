/** What to say when a number is not finite, and how it is found out. */
import { createRuntime, type Runtime } from "../runtime/index.ts";
import { UserError } from "../tensor/index.ts";
import { modelKey, newestCheckpoint, restoreCheckpoint } from "./checkpoint.node.ts";
import { type Finding, findNotFinite } from "./diagnose.ts";
import type { TrainEvent } from "./events.ts";
import type { Session } from "./loop.node.ts";
import { setUp } from "./set-up.node.ts";

/**
 * Always throws a UserError: the step, the phase and the number that is not finite (`bad`, such as "D.loss"
 * or a parameter's name), the first value inside the step that went wrong, what usually causes that, and the
 * checkpoint that is left. The step's own state is lost by then, so training is repeated from that checkpoint
 * up to the step, and there every value is looked at.
 */
export async function* explainNotFinite(
  session: Session,
  step: number,
  bad: string,
): AsyncGenerator<TrainEvent> {
  const { folder, manifest } = session;
  const { checkpoint } = await newestCheckpoint(folder, modelKey(manifest));
  const from = checkpoint?.step ?? 0;
  yield {
    type: "warning",
    message: `${bad} is not finite at step ${step}; repeating the steps after ${from} to find where it began.`,
  };
  const finding = await find(session, step);
  const what = finding
    ? `the first value that went wrong is ${finding.value}: ${finding.cause}`
    : "usually the learning rate is too high";
  const kept = checkpoint
    ? `the checkpoint of step ${from} is kept (${checkpoint.file})`
    : "there is no checkpoint yet";
  throw new UserError(
    `Training stopped at step ${step}${finding ? ` in phase ${finding.phase}` : ""}, because ${bad} is not finite; ${what}; ${kept}.`,
  );
}

async function find(
  { folder, manifest, recipe, signal }: Session,
  step: number,
): Promise<Finding | undefined> {
  const replay = await setUp(recipe);
  const { runtime, training, minibatches } = replay;
  try {
    const { checkpoint } = await newestCheckpoint(folder, modelKey(manifest));
    if (checkpoint) {
      await restoreCheckpoint(runtime, checkpoint);
      training.setCounters(checkpoint.counters);
    } else await replay.initialize();
    for (let s = checkpoint?.step ?? 0; s < step - 1; s++) {
      if (signal?.aborted) return undefined;
      await training.run([minibatches(s)], s);
    }
    const batches = minibatches(step - 1);
    for (const part of training.partsAt(step - 1)) {
      const own = part.batches.map((i) => batches[i]!);
      const calls = runtime.steps()[part.compiled.stepName] ?? 0;
      const copy = await copyOf(runtime, recipe.device);
      try {
        const finding = await findNotFinite(part, copy, own, calls);
        if (finding) return finding;
      } finally {
        await copy.dispose();
      }
      await part.compiled(own);
    }
    return undefined;
  } finally {
    await runtime.dispose();
  }
}

/** A runtime with the same state, in which no function has taken a name yet. */
async function copyOf(runtime: Runtime, device: Session["recipe"]["device"]): Promise<Runtime> {
  const { seed, threads } = runtime;
  const copy = createRuntime({ device, seed, threads });
  for (const name of runtime.names()) await copy.set(name, await runtime.get(name));
  return copy;
}
