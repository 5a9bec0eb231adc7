import { existsSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { atomicWrite } from "../data/atomic-write.node.ts";
import type { Card, ModelFile, Sampler } from "../export-page/card.ts";
import { pageHtml } from "../export-page/html.ts";
import type { LatentSpec } from "../export-page/latents.ts";
import { UserError } from "../tensor/index.ts";
import { writeModelFiles } from "./export-files.node.ts";
import { writePageFiles } from "./export-page.node.ts";
import { cardMarkdown, noLicence } from "./export-readme.ts";
import { writeSampler } from "./export-sampler.node.ts";
import { createSampler } from "./latents.node.ts";
import type { OpenRun } from "./open-run.node.ts";
import { isEmptyFolder } from "./output.node.ts";
import { imagoVersion } from "./versions.node.ts";

export type ExportRunOptions = {
  /** Folder to write. Default: `export` in the run's folder. */
  out?: string;
  /** Replace files of an earlier export. Default false. */
  overwrite?: boolean;
  /** Under which licence the model is given away. */
  licence?: string;
};

export interface ExportedRun {
  readonly out: string;
  readonly card: Card;
  /** Files that the model has a function for but that could not be written, each with the reason. */
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
  /** Whether there is a page: models without anything to sample get none. */
  readonly page: boolean;
}

/**
 * Writes a run as files that need Imago no more: generator, encoder, decoder and discriminator as ONNX with an open batch
 * size (each loaded again and compared with the trained model), `card.json` and `README.md`, and `index.html`, which samples in
 * a browser from the files beside it. The weights are the averages where the run keeps them.
 * Throws (UserError) where the folder holds something already, or the model has nothing to write.
 */
export async function exportRun(run: OpenRun, options: ExportRunOptions = {}): Promise<ExportedRun> {
  const out = resolve(options.out ?? join(run.folder, "export"));
  if (existsSync(out) && !statSync(out).isDirectory())
    throw new UserError(`${out} is a file, but an export is a folder; name another place.`);
  if (!options.overwrite && existsSync(out) && !isEmptyFolder(out)) {
    throw new UserError(
      `${out} is not empty; name another folder, or say that it may be overwritten (--overwrite).`,
    );
  }
  const { generate, sample, prior } = run.model;
  const samples = sample !== undefined || (generate !== undefined && prior !== undefined);
  // An autoencoder has files to write, but nothing to draw from.
  const sampler = samples ? createSampler(run) : undefined;
  const { files, skipped } = await writeModelFiles(run, sampler?.latentShape, out);
  const drawn = sampler && (await writeSampler(run, sampler, out));
  const all = [...files, ...(drawn ? [drawn.file] : [])];
  if (all.length === 0)
    throw new UserError(
      `${run.definition.name} has no function that could become a file; it cannot be exported.`,
    );
  const card = cardOf(run, all, sampler?.latent, drawn?.sampler, options.licence ?? noLicence);
  if (samples) await writePageFiles(out);
  await atomicWrite(join(out, "card.json"), `${JSON.stringify(card, null, 2)}\n`);
  await atomicWrite(join(out, "README.md"), cardMarkdown(card));
  // Last, so that a page that is there is whole.
  if (samples) await atomicWrite(join(out, "index.html"), pageHtml(card));
  return { out, card, skipped, page: samples };
}

function cardOf(
  { folder, manifest, definition, runtime, spec, step }: OpenRun,
  files: readonly ModelFile[],
  latent: LatentSpec | undefined,
  sampler: Sampler | undefined,
  licence: string,
): Card {
  const { data, training, options } = manifest;
  const { name, title, family, paper } = definition;
  return {
    format: "imago-card",
    version: 1,
    name: relative(join(folder, ".."), folder),
    model: { name, title, family, paper },
    options,
    data: {
      name: data.name,
      shape: data.shape,
      length: data.length,
      fingerprint: data.fingerprint,
      ...(data.classes !== undefined && { classes: data.classes }),
    },
    training: {
      steps: step,
      batch: training.batch,
      seed: runtime.seed,
      ...(training.ema !== undefined && { ema: training.ema }),
    },
    example: {
      kind: spec.kind,
      shape: spec.shape,
      ...(spec.kind === "image" && { range: [-1, 1] as const }),
    },
    ...(latent && { latent }),
    ...(sampler && { sampler }),
    files,
    licence,
    imago: imagoVersion(),
  };
}
