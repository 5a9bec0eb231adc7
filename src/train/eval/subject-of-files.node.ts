/** Two sets of files as the subject of an evaluation. */
import type { Dataset } from "../../data/dataset.ts";
import { checkPair, type Features } from "../../metrics/index.ts";
import type { Runtime } from "../../runtime/index.ts";
import { UserError } from "../../tensor/index.ts";
import { openExtractor } from "../extractors/open-extractor.node.ts";
import { openExamples } from "../open-examples.node.ts";
import type { EvaluateFilesOptions } from "./evaluate.node.ts";
import type { Subject } from "./evaluation.ts";
import { datasetSide, featuresSide } from "./sides.node.ts";
import { defaultCount, type OpenSubject } from "./subject-of-run.node.ts";

/** Prepares the comparison of two sets. Throws (UserError) where they cannot be compared. */
export async function filesSubject(runtime: Runtime, options: EvaluateFilesOptions): Promise<OpenSubject> {
  const { size } = options;
  const [real, fake] = await Promise.all(
    [options.real, options.fake].map((path) => openExamples(path, size === undefined ? {} : { size })),
  );
  if (real!.kind === "features" && fake!.kind === "features")
    return featuresSubject(real!.features, fake!.features, runtime, options);
  if (real!.kind === "features" || fake!.kind === "features") {
    throw new UserError(
      `One of ${options.real} and ${options.fake} holds features and the other pictures; give two sets of the same kind.`,
    );
  }
  return await picturesSubject(real!.dataset, fake!.dataset, runtime, options, [
    ...real!.warnings,
    ...fake!.warnings,
  ]);
}

function featuresSubject(
  real: Features,
  fake: Features,
  runtime: Runtime,
  {
    real: realName,
    fake: fakeName,
    seed = 0,
    features,
    onProgress: progress = () => {},
  }: EvaluateFilesOptions,
): OpenSubject {
  if (features !== undefined) {
    throw new UserError(
      `--features ${features}: these sets hold features already, nothing is to be extracted.`,
    );
  }
  checkPair("eval", real, fake, 2);
  const subject: Subject = {
    ...{ kind: "features", seed, runtime, progress },
    extractor: { name: "as given", hash: `given-${real.dimensions}` },
    reference: { name: realName, split: "all", fingerprint: realName },
    real: featuresSide(realName, real),
    fake: featuresSide(fakeName, fake),
  };
  return { subject, notes: [], dispose: async () => {} };
}

async function picturesSubject(
  real: Dataset,
  fake: Dataset,
  runtime: Runtime,
  options: EvaluateFilesOptions,
  warnings: readonly string[],
): Promise<OpenSubject> {
  const { seed = 0, onProgress: progress = () => {} } = options;
  if (real.kind !== fake.kind) {
    throw new UserError(`${options.real} holds ${real.kind} data and ${options.fake} ${fake.kind} data.`);
  }
  const same = real.shape.join() === fake.shape.join();
  const extractor = await openExtractor(options.features ?? "pixels", real);
  if (!same && (extractor.kind === "pixels" || real.kind === "points")) {
    throw new UserError(
      `${options.real} holds examples [${real.shape.join(", ")}] and ${options.fake} [${fake.shape.join(", ")}]; scale both to one size by --size, or name an extractor by --features.`,
    );
  }
  const most = options.count ?? defaultCount;
  const side = (data: Dataset, name: string) =>
    datasetSide(data, { name, count: Math.min(most, data.length), seed, extractor, progress });
  const subject: Subject = {
    ...{ kind: real.kind, seed, runtime, progress, data: real },
    extractor: { name: extractor.name, hash: extractor.hash },
    extract: extractor.extract,
    ...(extractor.resizer !== undefined && { resizer: extractor.resizer }),
    reference: { name: real.name, split: splitOf(options.real), fingerprint: real.fingerprint },
    real: side(real, options.real),
    fake: side(fake, options.fake),
  };
  return { subject, notes: [...warnings], dispose: () => extractor.dispose() };
}

/** "test" of "mnist:test". */
const splitOf = (spec: string): string => /:(train|test)$/.exec(spec)?.[1] ?? "all";
