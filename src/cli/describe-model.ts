/** What `imago models` tells of a model, read off its definition. */
import { z } from "zod";
import {
  type ExampleSpec,
  type Model,
  type ModelDefinition,
  type PresetName,
  resolveOptions,
  resolveTraining,
  type TrainingDefaults,
} from "../models/index.ts";

const capabilities = [
  "sample",
  "encode",
  "decode",
  "reconstruct",
  "logProb",
  "bound",
  "classify",
  "discriminate",
] as const;

const exampleSpecs: { readonly [kind in ExampleSpec["kind"]]: ExampleSpec } = {
  image: { kind: "image", shape: [1, 32, 32], classes: 10 },
  points: { kind: "points", shape: [2] },
};

/** What a model of this definition can do, built with its default options for the first kind of data it learns. */
export function capabilitiesOf(definition: ModelDefinition): string[] {
  const model = builtForDescription(definition);
  const can = (name: (typeof capabilities)[number]): boolean =>
    model[name] !== undefined || (name === "sample" && (generates(model) || model.sequential !== undefined));
  return capabilities.filter(can);
}

const generates = ({ prior, generate }: Model): boolean => prior !== undefined && generate !== undefined;

/** In how many steps the model makes an example, pixel after pixel or transition after transition; undefined: in one go. */
export function stepsOf(definition: ModelDefinition): number | undefined {
  const { prior, generate, sample, sequential } = builtForDescription(definition);
  if (sample || (prior && generate)) return undefined;
  return sequential?.({ temperature: 1, cached: true }).steps;
}

const builtForDescription = (definition: ModelDefinition): Model =>
  definition.build(resolveOptions(definition), specFor(definition));

/** An example that the model can learn. */
function specFor({ data, pictures }: ModelDefinition): ExampleSpec {
  const kind = data[0]!;
  if (kind === "points") return exampleSpecs.points;
  const side = Math.min(32, pictures?.largest ?? 32);
  return { ...exampleSpecs.image, shape: [1, side, side], levels: pictures?.levels ?? 256 };
}

export interface DescribedOption {
  readonly name: string;
  readonly type: string;
  /** Absent where the user must say. */
  readonly default?: unknown;
  readonly description: string;
}

export interface DescribedModel {
  readonly name: string;
  readonly title: string;
  readonly family: string;
  readonly paper: string;
  readonly data: readonly string[];
  readonly capabilities: readonly string[];
  /** In how many steps it makes a picture of 32×32 pixels, or of the largest it can, where it does so in steps. */
  readonly steps?: number;
  readonly options: readonly DescribedOption[];
  readonly presets: readonly DescribedPreset[];
}

export interface DescribedPreset {
  readonly name: PresetName;
  readonly training: TrainingDefaults;
  /** What it changes of the options. */
  readonly options: { readonly [name: string]: unknown };
}

export function describeModel(definition: ModelDefinition): DescribedModel {
  const { name, title, family, paper, data } = definition;
  const steps = stepsOf(definition);
  const described = { name, title, family, paper, data, capabilities: capabilitiesOf(definition) };
  return {
    ...described,
    ...(steps !== undefined && { steps }),
    options: describeOptions(definition),
    presets: describePresets(definition),
  };
}

/** The part of JSON Schema that an option's schema uses. */
interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

function describeOptions({ options }: ModelDefinition): DescribedOption[] {
  const schema = z.toJSONSchema(options, { io: "input", unrepresentable: "any" });
  const properties = (schema.properties ?? {}) as { readonly [name: string]: JsonSchema };
  return Object.entries(properties).map(([name, option]) => ({
    name,
    type: typeText(option),
    ...(option.default !== undefined && { default: option.default }),
    description: option.description ?? "",
  }));
}

function typeText({ type, enum: values, items, anyOf }: JsonSchema): string {
  if (values) return values.map(String).join("|");
  if (anyOf) return anyOf.map(typeText).join("|");
  if (type === "array") return `list of ${items ? typeText(items) : "values"}`;
  return type ?? "value";
}

const presetNames: readonly PresetName[] = ["tiny", "small", "paper"];

function describePresets(definition: ModelDefinition): DescribedPreset[] {
  const has = (name: PresetName): boolean => name === "small" || definition.presets?.[name] !== undefined;
  return presetNames.filter(has).map((name) => ({
    name,
    training: resolveTraining(definition, name),
    options: definition.presets?.[name]?.options ?? {},
  }));
}
