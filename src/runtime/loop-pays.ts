import { bytesOf, flopsOf } from "../onnx/index.ts";
import type { Runtime } from "./runtime.ts";
import { emitterDevice, graphOf, type Traced } from "./specialize.ts";

/** Above this much state, carrying it through a Loop, which keeps three of each variable, costs more than a call. */
const stateCarried = 16 * 2 ** 20;
/** Above this much arithmetic, what a call takes beside it is nothing. */
const flopsOfLongCall = 1e9;

/**
 * Whether many calls are better made by a Loop in one run. On a GPU the state stays there anyway, and a Loop would be driven from the
 * CPU.
 */
export async function loopPays(traced: Traced, runtime: Runtime): Promise<boolean> {
  const engine = await runtime.internals.engine();
  if (emitterDevice(engine.device) !== "cpu") return false;
  if (await engine.copiesState()) return true;
  const state = traced.assigns.reduce((sum, { tensor }) => sum + bytesOf(tensor), 0);
  return state < stateCarried && flopsOf(graphOf(traced)) < flopsOfLongCall;
}
