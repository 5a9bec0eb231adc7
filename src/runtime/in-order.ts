import type { Engine } from "./engine.ts";

/** Starts a piece of work when all that was given before it has ended, well or badly. */
export type TaskQueue = <R>(work: () => Promise<R>) => Promise<R>;

/** A queue of its own. */
export function taskQueue(): TaskQueue {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}

/** The same engine, one call at a time: a later call may read what an earlier one writes. */
export function inOrder(engine: Engine): Engine {
  const queue = taskQueue();
  const queued =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> =>
      queue(() => call(...args));
  return {
    device: engine.device,
    load: queued(engine.load),
    run: queued(engine.run),
    write: queued(engine.write),
    read: queued(engine.read),
    unload: queued(engine.unload),
    busy: queued(engine.busy),
    copiesState: queued(engine.copiesState),
    stats: queued(engine.stats),
    close: queued(engine.close),
  };
}
