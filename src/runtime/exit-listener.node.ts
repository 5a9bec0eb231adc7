import { getMaxListeners, setMaxListeners } from "node:events";

/**
 * Calls `listener` when the process exits, until the function given back is called. Each raises the number of listeners
 * that Node takes for a leak by its own one, so that a process with many engines is not warned of them, and is still
 * warned of everybody else's. `target` stands in for the process in tests.
 */
export function onProcessExit(listener: () => void, target: NodeJS.EventEmitter = process): () => void {
  raiseLimit(target, 1);
  target.on("exit", listener);
  return () => {
    if (!target.listeners("exit").includes(listener)) return;
    target.off("exit", listener);
    raiseLimit(target, -1);
  };
}

function raiseLimit(target: NodeJS.EventEmitter, by: number): void {
  const limit = getMaxListeners(target);
  if (limit > 0) setMaxListeners(limit + by, target); // 0 is no limit
}
