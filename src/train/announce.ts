import type { StartEvent, TrainEvent } from "./events.ts";
import type { Session } from "./loop.node.ts";
import type { SetUp } from "./set-up.node.ts";

/** What a session says first. */
export function startEvent({ folder, manifest, setUp: made, start, end }: Session): StartEvent {
  const { minutes, batch } = manifest.training;
  return {
    type: "start",
    folder,
    model: manifest.model.name,
    data: manifest.data.name,
    ...made.report,
    parameters: countOf(made),
    step: start,
    ...(end !== undefined && { steps: end }),
    ...(minutes !== undefined && { minutes }),
    batch,
  };
}

function countOf({ parameters }: SetUp): number {
  return parameters.reduce((sum, { shape }) => sum + shape.reduce((product, d) => product * d, 1), 0);
}

/** Sentences as events. */
export function* warnings(messages: readonly string[] = []): Generator<TrainEvent> {
  for (const message of messages) yield { type: "warning", message };
}
