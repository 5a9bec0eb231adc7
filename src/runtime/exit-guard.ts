/**
 * ONNX Runtime aborts the whole process when its thread is torn down inside a call. The two threads agree through shared
 * memory: the worker says that it is inside a call, the main thread says that no further call may begin, and waits.
 */
const busy = 0;
const stopping = 1;

export type ExitGuard = Int32Array;

export function newExitGuard(): ExitGuard {
  return new Int32Array(new SharedArrayBuffer(8));
}

/** In the worker: runs `work` unless the process is about to exit; then it never ends. */
export async function guarded<T>(guard: ExitGuard, work: () => Promise<T>): Promise<T> {
  Atomics.store(guard, busy, 1);
  try {
    if (Atomics.load(guard, stopping) === 0) return await work();
  } finally {
    Atomics.store(guard, busy, 0);
    Atomics.notify(guard, busy);
  }
  return new Promise<never>(() => undefined);
}

/** In the main thread, when the process exits: lets no further call begin and waits for the present one. */
export function holdExit(guard: ExitGuard, timeoutMs: number): void {
  Atomics.store(guard, stopping, 1);
  if (Atomics.load(guard, busy) === 1) Atomics.wait(guard, busy, 1, timeoutMs);
}
