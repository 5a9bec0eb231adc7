/** Runs that an earlier verification trained. */
import { existsSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import type { ModelDefinition } from "../models/model.ts";
import { UserError } from "../tensor/index.ts";
import { readMetrics } from "../train/metrics-log.node.ts";
import { type OpenRun, openRun } from "../train/open-run.node.ts";
import type { TrainingPlan } from "./lab.node.ts";

/** The run in `folder`, where it was trained to its end as planned, with this seed; undefined where it was not. */
export async function finishedRun(
  folder: string,
  definition: ModelDefinition,
  plan: TrainingPlan,
  seed: number,
): Promise<OpenRun | undefined> {
  if (!existsSync(folder)) return undefined;
  const run = await openRun(folder).catch((error: unknown) => {
    if (error instanceof UserError) return undefined; // without a whole checkpoint, or of another program
    throw error;
  });
  if (!run) return undefined;
  if (asPlanned(run, definition, plan, seed) && (await isComplete(run, definition, plan))) return run;
  await run.runtime.dispose();
  return undefined;
}

function asPlanned(
  { manifest }: OpenRun,
  definition: ModelDefinition,
  { data, options, preset, batch }: TrainingPlan,
  seed: number,
): boolean {
  const given = { ...(preset !== undefined && definition.presets?.[preset]?.options), ...options };
  return (
    manifest.model.name === definition.name &&
    manifest.training.seed === seed &&
    manifest.data.spec === data &&
    (batch === undefined || manifest.training.batch === batch) &&
    isDeepStrictEqual(definition.options.parse(manifest.options), definition.options.parse(given))
  );
}

async function isComplete(
  run: OpenRun,
  definition: ModelDefinition,
  { steps, epochs, minutes }: TrainingPlan,
): Promise<boolean> {
  if (minutes !== undefined) return false; // what a minute is worth depends on the machine
  const asked = {
    ...definition.training,
    ...(steps !== undefined || epochs !== undefined ? { steps, epochs } : {}),
  };
  const last = (await readMetrics(run.folder)).at(-1);
  if (asked.steps !== undefined && run.step < asked.steps) return false;
  return asked.epochs === undefined || (last?.epoch ?? 0) >= asked.epochs - 1e-9;
}
