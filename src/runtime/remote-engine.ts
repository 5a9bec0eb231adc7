import type { Device, Engine, EngineStats, Results } from "./engine.ts";
import type { Call, Reply, Request, Start } from "./messages.ts";
import type { Value } from "./value.ts";

/** The caller's end of the line to another thread. */
export interface Line {
  /** Sends a call; the buffers in `moved` go with it, and are empty here from then on. */
  post(call: Call, moved: readonly ArrayBuffer[]): void;
  onReply(listener: (reply: Reply) => void): void;
  /** The thread has died: whatever is awaited fails with this error. */
  onFailure(listener: (error: Error) => void): void;
  /** Told when the first answer is awaited, and when none is any more. */
  waiting(some: boolean): void;
}

/** An engine in another thread. */
export interface RemoteEngine extends Engine {
  start(request: Start): Promise<void>;
}

type Waiting = { resolve(result: unknown): void; reject(error: Error): void };

/** The engine at the other end of `line`. */
export function remoteEngine(device: Device, line: Line): RemoteEngine {
  const waiting = new Map<number, Waiting>();
  let tickets = 0;
  let failure: Error | undefined;

  line.onFailure((error) => {
    failure = error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  });
  line.onReply((reply) => {
    const call = waiting.get(reply.ticket);
    waiting.delete(reply.ticket);
    if (waiting.size === 0) line.waiting(false);
    if (reply.ok) call?.resolve(reply.result);
    else call?.reject(new Error(reply.error));
  });

  const ask = <T>(request: Request | Start, moved: readonly ArrayBuffer[] = []): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (failure) {
        reject(failure);
        return;
      }
      const ticket = tickets++;
      if (waiting.size === 0) line.waiting(true);
      waiting.set(ticket, { resolve: resolve as Waiting["resolve"], reject });
      line.post({ ticket, request }, moved);
    });

  return {
    device,
    start: (request) => ask<void>(request),
    load: (id, model, binding, settings) => ask<void>({ kind: "load", id, model, binding, settings }),
    run: (id, feeds, wanted = "results", own = []) => ask<Results>({ kind: "run", id, feeds, wanted }, own),
    write: (variable, value, own) => ask<void>({ kind: "write", variable, value }, own ? movable(value) : []),
    read: (variable) => ask<Value>({ kind: "read", variable }),
    unload: (id) => ask<void>({ kind: "unload", id }),
    busy: () => ask<number>({ kind: "busy" }),
    copiesState: () => ask<boolean>({ kind: "copiesState" }),
    stats: () => ask<EngineStats>({ kind: "stats" }),
    close: () => ask<void>({ kind: "close" }),
  };
}

/** The buffer of a value that has it for itself. */
const movable = ({ data }: Value): ArrayBuffer[] =>
  data.byteLength === data.buffer.byteLength && data.buffer instanceof ArrayBuffer ? [data.buffer] : [];
