import { EventEmitter } from "node:events";
import { afterEach, expect, test, vi } from "vitest";
import { onProcessExit } from "./exit-listener.node.ts";

afterEach(() => void vi.restoreAllMocks());

test("many listeners warn of no leak, are all called, and leave the limit as it was", () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
  const target = new EventEmitter();
  const limit = target.getMaxListeners();
  let calls = 0;
  const ends = Array.from({ length: 3 * limit }, () => onProcessExit(() => void calls++, target));
  expect(warn).not.toHaveBeenCalled();
  target.emit("exit");
  expect(calls).toBe(3 * limit);
  for (const end of [...ends, ...ends]) end();
  expect(target.listenerCount("exit")).toBe(0);
  expect(target.getMaxListeners()).toBe(limit);
});

test("somebody else's leak is still warned of", () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
  const target = new EventEmitter();
  onProcessExit(() => undefined, target);
  for (let i = 0; i <= EventEmitter.defaultMaxListeners; i++) target.on("exit", () => undefined);
  expect(warn).toHaveBeenCalledOnce();
});

test("where there is no limit none is made", () => {
  const target = new EventEmitter().setMaxListeners(0);
  onProcessExit(() => undefined, target)();
  expect(target.getMaxListeners()).toBe(0);
});
