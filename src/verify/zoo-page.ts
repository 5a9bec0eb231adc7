/** docs/zoo.md: every system with its picture, its paper and what was verified. */
import type { ModelDefinition } from "../models/model.ts";
import type { StoredResult } from "./results.node.ts";
import { type Timings, timingHeader, timingRows } from "./timings.ts";

/** What a section of the page is about: a model, or a comparison that is none. */
export type Studied = Pick<ModelDefinition, "name" | "title" | "paper">;

export interface ZooPage {
  readonly models: readonly ModelDefinition[];
  /** What has claims, but is no model of the registry. */
  readonly comparisons?: readonly Studied[];
  readonly results: readonly StoredResult[];
  /** Captions of the pictures docs/zoo/<model>.png that exist. */
  readonly captions: { readonly [model: string]: string };
  /** Captions of the animations docs/zoo/<model>.webp that exist. */
  readonly animations?: { readonly [model: string]: string };
  /** How long a picture takes, where that was measured. */
  readonly timings?: Timings;
}

const families: { readonly [family in ModelDefinition["family"]]: string } = {
  autoregressive: "Autoregressive models",
  flow: "Flows",
  autoencoding: "Autoencoders and variational models",
  energy: "Energy-based models and Markov chains",
  classical: "Classical models",
  discriminative: "The discriminative counterpart",
  adversarial: "Adversarial models",
};

/** The page as Markdown. */
export function zooPage({
  models,
  comparisons = [],
  results,
  captions,
  animations = {},
  timings,
}: ZooPage): string {
  const held = results.filter(({ holds }) => holds).length;
  const failing = results.filter(({ holds }) => !holds);
  const fewer = results.filter((result) => mark(result).startsWith("(")).length;
  const drawnOf = (about: Studied): string[] => [
    ...drawnText(about, "png", captions[about.name]),
    ...drawnText(about, "webp", animations[about.name]),
  ];
  const sections = (Object.keys(families) as (keyof typeof families)[]).flatMap((family) => {
    const own = models.filter((model) => model.family === family);
    if (own.length === 0) return [];
    return [`## ${families[family]}`, ...own.map((model) => systemText(model, results, drawnOf(model)))];
  });
  const compared = comparisons.map((about) => systemText(about, results, drawnOf(about), "verify"));
  return [
    "# The zoo",
    "Every system, its paper, a picture, and what it must show. Made from `docs/zoo/results.json` by `npm run docs:zoo`; the numbers are those of `imago verify <model>`, one value for each seed. " +
      "Thresholds are of the paper, calibrated by an independent implementation before, estimates made beforehand, or exact. A claim that fails stays here as failing.",
    `**${held} of ${results.length} claims hold${fewer > 0 ? `, ${fewer} of them measured with fewer than ${allSeeds} seeds so far` : ""}.**${failing.length > 0 ? ` Failing: ${failing.map(({ model, id }) => `${model} ${id}`).join(", ")}.` : ""}`,
    ...sections,
    ...(compared.length > 0 ? ["## Comparisons", ...compared] : []),
    ...(timings ? timingText(timings) : []),
  ]
    .join("\n\n")
    .concat("\n");
}

/** The slides' "sequential generation is slow", measured. */
function timingText(timings: Timings): string[] {
  const { processor, cores, portion, date } = timings;
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    "## How long a picture takes",
    `Milliseconds for one picture of each model's small preset, made ${portion} at a time on the CPU (${processor}, ${cores} cores, ${date.slice(0, 10)}), by \`imago verify --timing\`. Models that make pictures in one go need a pass of their network; ` +
      "models in steps need a pass, or a transition, for each step. With cache a step computes only what the steps before did not: the pictures are the same.",
    [timingHeader, timingHeader.map(() => "---"), ...timingRows(timings)].map(line).join("\n"),
  ];
}

/** A picture with its caption, where there is one. */
function drawnText({ name, title }: Studied, ending: "png" | "webp", caption: string | undefined): string[] {
  return caption === undefined ? [] : [`![${title}](zoo/${name}.${ending})`, `*${caption}*`];
}

function systemText(
  { name, title, paper }: Studied,
  results: readonly StoredResult[],
  drawn: readonly string[],
  command = "train",
): string {
  const own = results.filter(({ model }) => model === name);
  const rows = own.map(
    (r) =>
      `| ${mark(r)} | ${cell(r.claim)} | ${cell(`${r.threshold} ${r.unit}`)} (${r.kind}) | ${found(r)} | ${r.baseline ? `${r.baseline.name}: ${shown(r.baseline.value)}` : ""} | ${duration(r.seconds)} |`,
  );
  const table =
    own.length === 0
      ? ["Nothing was verified yet."]
      : [
          [
            "| | claim | threshold | found | baseline | time |",
            "| --- | --- | --- | --- | --- | --- |",
            ...rows,
          ].join("\n"),
        ];
  const notes = own.flatMap(({ notes = [], error, id }) => [
    ...notes.map((note) => `- ${note}`),
    ...(error === undefined ? [] : [`- ${id} could not be measured: ${error}`]),
  ]);
  return [
    `### ${name}: ${title}`,
    `${paper} · \`imago ${command} ${name}\``,
    ...drawn,
    ...table,
    ...(notes.length > 0 ? [notes.join("\n")] : []),
  ].join("\n\n");
}

/** Seeds that a claim is measured with, unless it needs one alone. */
const allSeeds = 3;
/** A tick is for claims measured with as many seeds as they need; those measured with fewer say with how many. */
function mark({ holds, need, seeds }: StoredResult): string {
  if (!holds) return "**fails**";
  return need === "one seed" || seeds.length >= allSeeds ? "✓" : `(✓) ${seeds.length} of ${allSeeds} seeds`;
}

/** A bar would end the cell. */
const cell = (text: string): string => text.replaceAll("|", "\\|");

const found = ({ values }: StoredResult): string => values.map(shown).join(", ");

const shown = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value);

const duration = (seconds: number): string =>
  seconds < 90
    ? `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`
    : `${Math.round(seconds / 60)} min`;
