import type { Command } from "commander";
import type { ModelDefinition } from "../../models/model.ts";
import type { DescribedOption, DescribedPreset } from "../describe-model.ts";
import { grouped } from "../format.ts";
import { openOutput, table } from "../output.node.ts";

const examples = `
Examples:
  $ imago models            all models: family, name, title, paper, data, what they can do
  $ imago models dcgan      its options with their defaults, and its presets
  $ imago models --json     one object per line`;

export function define(command: Command): void {
  command
    .argument("[model]", "a model's name, or a file with your own (./my-model.js)")
    .option("--json", "print one JSON object per line")
    .addHelpText("after", examples)
    .action((name: string | undefined, flags: { json?: boolean }) =>
      name === undefined ? listModels(flags) : showModel(name, flags),
    );
}

async function listModels(flags: { json?: boolean }): Promise<void> {
  const { models } = await import("../../models/index.ts");
  const { capabilitiesOf } = await import("../describe-model.ts");
  const out = openOutput(flags);
  const rows = models.map((model) => {
    const { family, name, title, paper, data } = model;
    return { family, name, title, paper, data, capabilities: capabilitiesOf(model) };
  });
  for (const row of rows) out.emit(row);
  const header = ["FAMILY", "NAME", "TITLE", "PAPER", "DATA", "CAN"];
  const cells = rows.map(({ family, name, title, paper, data, capabilities }) => [
    family,
    name,
    title,
    paper,
    data.join(", "),
    capabilities.join(", "),
  ]);
  out.say(table([header, ...cells]));
  out.say("\nOptions and presets of one: imago models <name>");
}

async function showModel(name: string, flags: { json?: boolean }): Promise<void> {
  const { describeModel } = await import("../describe-model.ts");
  const { modelFromName } = await import("../load-definition.node.ts");
  const out = openOutput(flags);
  const { definition: model } = await modelFromName(name);
  const { title, family, paper, data, capabilities, steps, options, presets, ...rest } = describeModel(model);
  const stepwise = steps === undefined ? {} : { steps };
  out.emit({ ...rest, title, family, paper, data, capabilities, ...stepwise, options, presets });
  out.say(`${rest.name}: ${title} (${family}, ${paper})`);
  out.say(`Learns ${data.map(plural).join(" and ")}; can ${capabilities.join(", ")}.`);
  if (steps !== undefined)
    out.say(`Samples in steps: ${grouped(steps)} for a picture of 32×32 or the largest that it learns.`);
  out.say();
  out.say("Options, for --set key=value:");
  out.say(indented(table(options.map(optionRow))));
  out.say("\nPresets, for --preset:");
  out.say(indented(table(presets.map(presetRow))));
  out.say(`\n  $ ${trainExample(model, name)}`);
}

const plural = (kind: string): string => (kind === "image" ? "images" : kind);
const valueText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

function optionRow({ name, type, default: value, description }: DescribedOption): string[] {
  return [name, type, value === undefined ? "no default" : `default ${valueText(value)}`, description];
}

function presetRow({ name, training: { batch, steps, epochs }, options }: DescribedPreset): string[] {
  const length = steps === undefined ? `${epochs} epochs` : `${steps} steps`;
  const changed = Object.entries(options).map(([key, value]) => `${key}=${valueText(value)}`);
  return [name, `${length} of ${batch}`, changed.join(" ") || "the defaults"];
}

const indented = (text: string): string => text.replace(/^/gm, "  ");

function trainExample(model: ModelDefinition, name: string): string {
  const data = model.data.includes("image") ? "glyphs" : "ring";
  const [option] = Object.keys(model.options.shape);
  return `imago train ${name} --data ${data}${option === undefined ? "" : ` --set ${option}=…`}`;
}
