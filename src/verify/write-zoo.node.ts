/** `npm run docs:zoo`: writes docs/zoo.md from the results and the registry. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { atomicWrite } from "../data/atomic-write.node.ts";
import { models } from "../models/registry.ts";
import { claimFiles } from "./registry.ts";
import { readResults, type StoredResult } from "./results.node.ts";
import { timingsSchema } from "./timings.ts";
import { type Studied, zooPage } from "./zoo-page.ts";

/** Writes zoo.md into the folder of docs; returns its path. */
export async function writeZoo(docs: string): Promise<string> {
  const stored = await readResults(join(docs, "zoo", "results.json"));
  const captions: { [model: string]: string } = {};
  const animations: { [model: string]: string } = {};
  const shortfalls: { [claim: string]: string } = {};
  const comparisons: Studied[] = [];
  for (const [model, load] of Object.entries(claimFiles)) {
    const { claims, picture, animation, title, paper = "" } = (await load()).claims;
    for (const { id, shortfall } of claims) if (shortfall) shortfalls[`${model} ${id}`] = shortfall;
    if (title !== undefined) comparisons.push({ name: model, title, paper });
    if (picture && existsSync(join(docs, "zoo", `${model}.png`))) captions[model] = picture.caption;
    if (animation && existsSync(join(docs, "zoo", `${model}.webp`))) animations[model] = animation.caption;
  }
  const results = stored.map((result) => withShortfall(result, shortfalls));
  const file = join(docs, "zoo.md");
  const timed = join(docs, "zoo", "timing.json");
  const timings = existsSync(timed)
    ? timingsSchema.parse(JSON.parse(await readFile(timed, "utf8")))
    : undefined;
  const drawn = { captions, animations };
  await atomicWrite(file, zooPage({ models, comparisons, results, ...drawn, ...(timings && { timings }) }));
  return file;
}

/** What does not hold says why before all else. */
function withShortfall(result: StoredResult, shortfalls: { readonly [claim: string]: string }): StoredResult {
  const { model, id, holds, notes = [] } = result;
  const why = shortfalls[`${model} ${id}`];
  return holds || why === undefined
    ? result
    : { ...result, notes: [`**${id} does not hold**: ${why}`, ...notes] };
}
