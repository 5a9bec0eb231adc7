import { currentTrace, inScope, UserError } from "../tensor/index.ts";

/** Whether layers train in the trace in progress. Throws where the caller of compile() did not say. */
export function isTraining(layer: string): boolean {
  const { training } = currentTrace(layer);
  if (training !== undefined) return training;
  throw new UserError(
    `${layer}: it behaves differently in training and in use, and this function does not say which it is${inScope()}; say compile(fn, { training: true }) or { training: false }.`,
  );
}

/** Runs `body` with layers as in training: batch statistics, dropout, power iterations. */
export const training = <T>(body: () => T): T => withMode(true, body);
/** Runs `body` with layers as in use: running statistics, no dropout. */
export const evaluating = <T>(body: () => T): T => withMode(false, body);

function withMode<T>(mode: boolean, body: () => T): T {
  const trace = currentTrace(mode ? "training" : "evaluating");
  const before = trace.training;
  trace.training = mode;
  try {
    return body();
  } finally {
    trace.training = before;
  }
}
