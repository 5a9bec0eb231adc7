/** Draws the pictures and animations of docs/zoo: what the slides show of each model. */
import { join } from "node:path";
import { atomicWrite } from "../data/atomic-write.node.ts";
import { openLab } from "./lab.node.ts";
import { claimFiles } from "./registry.ts";

export interface DrawOptions {
  readonly models: readonly string[];
  readonly seeds: readonly number[];
  readonly folder: string;
  readonly out: string;
  readonly say: (what: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Draws the models' pictures and animations with the first seed, from the runs that the claims left in the folder as far as they are what a
 * picture shows; models without one are passed over.
 */
export async function drawPictures({ models, seeds, folder, out, say, signal }: DrawOptions): Promise<void> {
  for (const model of models.length > 0 ? models : Object.keys(claimFiles)) {
    const { picture, animation } = (await claimFiles[model]!()).claims;
    if (!picture && !animation) continue;
    const lab = openLab({ seed: seeds[0] ?? 1, folder, reuse: true, say, ...(signal && { signal }) });
    try {
      if (picture) {
        say(`picture of ${model}`);
        await atomicWrite(join(out, `${model}.png`), await picture.draw(lab));
      }
      if (animation) {
        say(`animation of ${model}`);
        await atomicWrite(join(out, `${model}.webp`), await animation.draw(lab));
      }
    } finally {
      await lab.dispose();
    }
  }
}
