import type { Measured, Protocol } from "../../metrics/index.ts";
import type { JudgedScore, Subject } from "./evaluation.ts";

/** What a number says of itself besides the sets it was measured on. */
export type About = Pick<Protocol, "metric" | "convention" | "settings"> & {
  /** Whether it looks at features, so that the extractor belongs to its protocol. Default true. */
  readonly usesFeatures?: boolean;
  /** Numbers of examples, where they are not those of the sides. */
  readonly real?: number;
  readonly fake?: number;
};

/** Numbers with their protocol. Undefined parts are left out, so that protocols can be compared as they are stored. */
export function withProtocol(
  subject: Subject,
  about: About,
  measured: readonly Measured[],
  floor: readonly Measured[] = [],
): JudgedScore[] {
  const { metric, convention, settings, usesFeatures = true, ...counts } = about;
  const fake = counts.fake ?? subject.fake?.count;
  const protocol: Protocol = {
    metric,
    convention,
    ...(usesFeatures && { extractor: subject.extractor }),
    ...(usesFeatures && subject.resizer !== undefined && { resizer: subject.resizer }),
    reference: subject.reference,
    real: counts.real ?? subject.real.count,
    ...(fake !== undefined && { fake }),
    seed: subject.seed,
    ...(settings && { settings }),
  };
  return measured.map((number) => {
    const least = floor.find(({ name }) => name === number.name)?.value;
    return { ...number, ...(least !== undefined && { floor: least }), protocol };
  });
}
