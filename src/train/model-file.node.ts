/**
 * A user's own model: a JavaScript (or TypeScript) module outside the package whose default export, or only model among
 * its exports, was made by `defineModel`.
 */
import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import * as module from "node:module";
import { basename, extname, isAbsolute, resolve as resolvePath } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import type { ModelDefinition } from "../models/model.ts";
import { UserError } from "../tensor/errors.ts";
import { resolve } from "./model-file-hook.node.ts";

const extensions = [".js", ".mjs", ".ts", ".mts"];

export interface ModelFile {
  readonly definition: ModelDefinition;
  /** Absolute path. */
  readonly file: string;
  /** SHA-256 of the file, in hexadecimal. */
  readonly hash: string;
}

/** Whether `name` means a file rather than a model of the registry: ./my-model.js, /home/me/model.mjs, model.ts. */
export function isModelFile(name: string): boolean {
  return /^\.{0,2}[/\\]/.test(name) || isAbsolute(name) || extensions.includes(extname(name));
}

const isZodObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "shape" in value && "safeParse" in value;

const positive = z.int().positive();
const training = z.object({
  batch: positive,
  steps: positive.optional(),
  epochs: positive.optional(),
  ema: z.number().min(0).lt(1).optional(),
});
const definitionSchema = z.object({
  name: z.string().regex(/^[A-Za-z0-9][\w-]*$/, "expected letters, digits and hyphens"),
  title: z.string(),
  family: z.enum(["autoregressive", "autoencoding", "flow", "adversarial", "energy", "classical"]),
  paper: z.string(),
  data: z.array(z.enum(["image", "points"])).min(1),
  options: z.custom(isZodObject, "expected a zod object, as in z.object({ latent: z.int().default(64) })"),
  training,
  presets: z
    .partialRecord(
      z.enum(["tiny", "small", "paper"]),
      z.object({ options: z.looseObject({}).optional(), training: training.partial().optional() }),
    )
    .optional(),
  build: z.custom((value) => typeof value === "function", "expected a function"),
});

/** Imports the module and checks what it exports. Throws a UserError where it is not a model. */
export async function loadModelFile(name: string, folder = process.cwd()): Promise<ModelFile> {
  const file = resolvePath(folder, name);
  if (!existsSync(file)) throw new UserError(`There is no model file ${file}.`);
  if (!statSync(file).isFile()) throw new UserError(`${file} is a folder, expected a module with a model.`);
  const exported = await importModule(file);
  return { definition: pickModel(exported, name), file, hash: await hashFile(file) };
}

async function hashFile(file: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
}

async function importModule(file: string): Promise<Record<string, unknown>> {
  resolveToThisPackage();
  const stripsTypes = "typescript" in process.features && process.features.typescript;
  if (
    /\.m?ts$/.test(file) &&
    !stripsTypes &&
    !process.execArgv.some((flag) => flag.includes("strip-types"))
  ) {
    throw new UserError(
      `Node ${process.versions.node} cannot read TypeScript: compile ${basename(file)} to .js, or use Node 22.18 or later.`,
    );
  }
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${file} cannot be imported: ${reason(error, file)}`);
  }
}

/** What went wrong and where, in one line: the user's file has a mistake, not Imago. */
function reason(error: unknown, file: string): string {
  if (!(error instanceof Error)) return String(error);
  const line = error.stack?.match(new RegExp(`${basename(file).replace(/\W/g, "\\$&")}:(\\d+)`))?.[1];
  return `${error.message.split("\n")[0]}${line ? ` (line ${line})` : ""}.`.replace(/\.+$/, ".");
}

function pickModel(exported: Record<string, unknown>, name: string): ModelDefinition {
  const looksLikeModel = (value: unknown): boolean =>
    typeof value === "object" && value !== null && "build" in value && "name" in value;
  const models =
    "default" in exported ? [exported["default"]] : Object.values(exported).filter(looksLikeModel);
  if (models.length !== 1) {
    const got = models.length === 0 ? "no model" : `${models.length} models and none of them as default`;
    throw new UserError(
      `${name} exports ${got}; write "export default defineModel({ … })" (docs/own-model.md).`,
    );
  }
  const parsed = definitionSchema.safeParse(models[0]);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    const where = path.length > 0 ? `its ${path.join(".")} is wrong: ` : "its export is not a model: ";
    throw new UserError(`${name}: ${where}${message.replace(/^Invalid input: /, "")} (docs/own-model.md).`);
  }
  return models[0] as ModelDefinition;
}

/** Synchronous hooks are in Node since 22.15, where `register` is on its way out. */
type Hooks = typeof module & { registerHooks?: (hooks: { resolve: typeof resolve }) => unknown };

/**
 * Makes `import "imago"` in the user's file mean this package, wherever the file lies and whatever else is installed
 * there: the tensors of another copy would be strangers to this one's compiler.
 */
function resolveToThisPackage(): void {
  const { registerHooks } = module as Hooks;
  if (registerHooks) registerHooks({ resolve });
  else module.register("./model-file-hook.node.js", import.meta.url);
}
