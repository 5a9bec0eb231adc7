import { findModel, type ModelDefinition } from "../models/index.ts";
import { isModelFile, loadModelFile, type ModelFile } from "../train/model-file.node.ts";

export interface NamedModel {
  readonly definition: ModelDefinition;
  /** Where it came from, for a model of the user's own. */
  readonly modelFile?: ModelFile;
}

/** A model of the registry by its name, or the user's own by its file. */
export async function modelFromName(name: string): Promise<NamedModel> {
  if (!isModelFile(name)) return { definition: findModel(name) };
  const modelFile = await loadModelFile(name);
  return { definition: modelFile.definition, modelFile };
}
