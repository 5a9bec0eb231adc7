/** Ctrl-C: the first asks the work to save and stop, the second quits at once. */
import { exitCodes } from "./errors.node.ts";
import { unread } from "./output.node.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs `work` with a signal that is aborted by the first Ctrl-C (or `kill`, or a closed terminal); `said` is called then.
 * The second ends the process with code 130; a step under way is waited for, since ONNX Runtime must not be torn down
 * inside a call (runtime/exit-guard.ts).
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  said: () => void,
): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort();
    said();
  };
  const stopUnread = (): void => controller.abort();
  for (const name of signals) process.on(name, stop);
  process.on(unread, stopUnread);
  try {
    return await work(controller.signal);
  } finally {
    // After the first Ctrl-C they stay: a second one while the process ends must give the code 130 too.
    if (!controller.signal.aborted) {
      for (const name of signals) process.off(name, stop);
      process.off(unread, stopUnread);
    }
  }
}
