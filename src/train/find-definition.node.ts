import { resolve } from "node:path";
import type { ModelDefinition } from "../models/model.ts";
import { findModel } from "../models/registry.ts";
import { UserError } from "../tensor/index.ts";
import type { Manifest } from "./manifest.ts";
import { loadModelFile } from "./model-file.node.ts";

/**
 * The model of a run: Imago's own by name, or the user's file. Its options are checked against the manifest.
 */
export async function findDefinition(folder: string, { model, options }: Manifest): Promise<ModelDefinition> {
  const definition =
    model.file === undefined
      ? findModel(model.name)
      : (await loadModelFile(resolve(folder, model.file))).definition;
  if (definition.name !== model.name) {
    throw new UserError(
      `The manifest in ${folder} is of the model ${model.name}, but ${model.file} defines ${definition.name}; put the right model file there.`,
    );
  }
  const parsed = definition.options.safeParse(options);
  if (parsed.success) return definition;
  const issue = parsed.error.issues[0];
  throw new UserError(
    `The manifest in ${folder} does not fit the model ${model.name}: ${issue?.path.join(".")}: ${issue?.message}; was it made by another version?`,
  );
}
