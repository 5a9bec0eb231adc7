/** From `--set key=value` and presets to checked options. */
import type { z } from "zod";
import { UserError } from "../tensor/index.ts";
import { closest } from "./closest.ts";
import type { ModelDefinition, PresetName, TrainingDefaults } from "./model.ts";

/**
 * The model's options: its defaults, what the preset changes, what the user changes, checked by its schema. Strings are read as
 * what the schema wants: "128" as a number, "true" as a truth value, "128,64" as a list.
 * Throws (UserError) for an option that does not exist or does not fit.
 */
export function resolveOptions<S extends z.ZodObject>(
  definition: ModelDefinition<S>,
  preset: PresetName = "small",
  overrides: Readonly<Record<string, unknown>> = {},
): z.infer<S> {
  const { name, options } = definition;
  const given: Record<string, unknown> = { ...definition.presets?.[preset]?.options };
  for (const [key, value] of Object.entries(overrides)) given[key] = optionValue(name, options, key, value);
  return options.parse(given);
}

/** How long and in what portions the model trains with this preset. */
export function resolveTraining(definition: ModelDefinition, preset: PresetName = "small"): TrainingDefaults {
  const own = definition.presets?.[preset]?.training ?? {};
  const { training } = definition;
  const says = own.steps !== undefined || own.epochs !== undefined;
  return { ...training, ...(says && { steps: undefined, epochs: undefined }), ...own };
}

function optionValue(model: string, options: z.ZodObject, key: string, value: unknown): unknown {
  const names = Object.keys(options.shape);
  const schema = names.includes(key) ? (options.shape[key] as z.ZodType) : undefined;
  if (!schema) {
    const near = closest(key, names);
    const hint = near.length > 0 ? `did you mean ${near.join(" or ")}? ` : "";
    throw new UserError(`${model}: there is no option "${key}"; ${hint}its options are ${names.join(", ")}.`);
  }
  let problem = "";
  for (const reading of typeof value === "string" ? readings(value) : [value]) {
    const result = schema.safeParse(reading);
    if (result.success) return result.data;
    problem = result.error.issues[0]!.message;
  }
  throw new UserError(
    `${model}: the option ${key} cannot be ${JSON.stringify(value)}: ${lowerFirst(problem)}.`,
  );
}

/** What a string may mean, the most literal first; the last one's error is the one to tell. */
function readings(text: string): unknown[] {
  const list = text.split(",").map((part) => json(part.trim()));
  return text.includes(",") && !text.startsWith("[") ? [text, list] : [text, [json(text)], json(text)];
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
