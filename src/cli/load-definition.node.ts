import { findModel, type ModelDefinition } from "../models/index.ts";
import { isModelFile, loadModelFile } from "../train/model-file.node.ts";

/** A model of the registry by its name, or the user's own by its file. */
export async function loadDefinition(name: string): Promise<ModelDefinition> {
  return isModelFile(name) ? (await loadModelFile(name)).definition : findModel(name);
}
