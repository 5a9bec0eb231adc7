/** How many modes of the data the samples reach: Gaussians of known place, or classes that a classifier recognises. */
import type { Features, Measured } from "../../metrics/index.ts";
import {
  classCoverage,
  classCoverageConvention,
  coverageMeasures,
  modeCoverage,
  modeCoverageConvention,
  stackedModes,
} from "../../metrics/mode-coverage.ts";
import type { Evaluation, Findings, Side, Subject } from "./evaluation.ts";
import { withProtocol } from "./protocols.ts";

export const coverage: Evaluation = {
  title: "Mode coverage",
  metrics: ["modes"],

  unfit({ fake, data, run }) {
    if (!fake) return `${run?.definition.name ?? "it"} cannot sample, so that its modes cannot be counted.`;
    return data?.modes || data?.classes
      ? undefined
      : "the data has no known modes: neither Gaussians of known place nor classes.";
  },

  async measure(subject): Promise<Findings> {
    const { data, fake, floor } = subject;
    const measure = data!.modes ? ofGaussians(subject) : await ofClasses(subject);
    if (!measure) {
      const reason =
        "modes needs a classifier for the classes; name one by --features (imago train classifier).";
      return { scores: [], skipped: [{ metric: "modes", reason }] };
    }
    // A classifier puts every sample somewhere: that says nothing of its quality.
    const measures = async (side: Side): Promise<Measured[]> =>
      coverageMeasures(await measure(side)).filter(({ name }) => data!.modes || name !== "high quality");
    const found = await measures(fake!);
    const least = floor ? await measures(floor) : [];
    const about = {
      metric: "modes",
      convention: data!.modes ? modeCoverageConvention : classCoverageConvention,
      usesFeatures: !data!.modes,
    };
    return { scores: withProtocol(subject, about, found, least) };
  },
};

type Coverage = ReturnType<typeof modeCoverage>;
type Measure = (side: Side) => Promise<Coverage>;

function ofGaussians({ data }: Subject): Measure {
  return async (side) => modeCoverage((await side.extracted()).features, data!.modes!);
}

/** Classes as modes; those of stacked digits are three digits, each recognised in a channel of its own. */
async function ofClasses({ data, fake, extract }: Subject): Promise<Measure | undefined> {
  const { probabilities } = await fake!.extracted();
  const { classes, shape } = data!;
  if (probabilities?.dimensions === classes)
    return async (side) => classCoverage(largest((await side.extracted()).probabilities!), classes!);
  if (probabilities?.dimensions !== 10 || classes !== 1000 || shape[0] !== 3 || !extract) return undefined;
  return async (side) => {
    const channels = [0, 1, 2].map((channel) => digitsOf(side, channel, extract));
    return classCoverage(stackedModes(await Promise.all(channels)), 1000);
  };
}

/** Pictures recognised at once. */
const portion = 256;

async function digitsOf(
  side: Side,
  channel: number,
  extract: NonNullable<Subject["extract"]>,
): Promise<Int32Array> {
  const digits = new Int32Array(side.count);
  for (let first = 0; first < side.count; first += portion) {
    const count = Math.min(portion, side.count - first);
    const { data, shape } = await side.pictures!(Array.from({ length: count }, (_, i) => first + i));
    const size = shape[2]! * shape[3]!;
    const one = new Float32Array(count * size);
    for (let i = 0; i < count; i++) {
      const from = (i * 3 + channel) * size;
      one.set(data.subarray(from, from + size), i * size);
    }
    const { probabilities } = await extract(one, count, [count, 1, shape[2]!, shape[3]!]);
    digits.set(largest({ data: probabilities!, count, dimensions: probabilities!.length / count }), first);
  }
  return digits;
}

/** The column of the largest number of each row. */
function largest({ data, count, dimensions }: Features): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => {
    const row = data.subarray(i * dimensions, (i + 1) * dimensions);
    return row.indexOf(Math.max(...row));
  });
}
