/** A number and how it came about: two numbers may be ranked only where their protocols agree. */

/** What made feature vectors out of examples. */
export interface ExtractorId {
  readonly name: string; // "pixels", "classifier runs/classifier-mnist-0001", "inception.onnx"
  /** Of the weights and of the preprocessing: equal hash, equal features. */
  readonly hash: string;
}

export interface Protocol {
  readonly metric: string; // "fid"
  /** The choices in which implementations differ, in words: "covariances over n − 1, float64". */
  readonly convention: string;
  readonly extractor?: ExtractorId;
  /** How pictures came to their size, where they were scaled: "box 28×28". */
  readonly resizer?: string;
  /** The data that counts as real. */
  readonly reference?: { readonly name: string; readonly split: string; readonly fingerprint: string };
  /** Numbers of examples. */
  readonly real?: number;
  readonly fake?: number;
  readonly seed?: number;
  /** Parameters of the metric: k = 5. */
  readonly settings?: { readonly [name: string]: number | string | boolean };
}

/** One measured number. */
export interface Measured {
  readonly name: string; // "precision"
  readonly value: number;
  readonly standardError?: number;
  /** What a good model has: "lower", "higher", or neither where the number only informs. */
  readonly better?: "lower" | "higher";
  readonly unit?: string; // "nats", "bits/dim"
  /** A sentence to read the number with: a known failure, a range. */
  readonly note?: string;
  /** Further numbers by name: the bias of an estimate, counts. */
  readonly details?: { readonly [name: string]: number | readonly number[] };
}

/** A measured number with its protocol: what eval.json holds and `compare` reads. */
export interface Score extends Measured {
  readonly protocol: Protocol;
}

/** What differs between two protocols, as sentences: "sample count: 10000 and 5000"; empty where nothing does. */
export function protocolDifferences(a: Protocol, b: Protocol): string[] {
  const flatA = flatten(a);
  const flatB = flatten(b);
  const names = [...new Set([...flatA.keys(), ...flatB.keys()])];
  return names
    .filter((name) => flatA.get(name) !== flatB.get(name))
    .map((name) => `${name}: ${flatA.get(name) ?? "not given"} and ${flatB.get(name) ?? "not given"}`);
}

/** "fid (classifier 1a2b3c, 10000 real (mnist test), 10000 generated, seed 0)": the protocol on one line. */
export function describeProtocol({
  metric,
  extractor,
  resizer,
  reference,
  real,
  fake,
  seed,
  settings,
}: Protocol): string {
  const parts = [
    extractor && `${extractor.name} ${extractor.hash.slice(0, 8)}`,
    resizer,
    real !== undefined && `${real} real${reference ? ` (${reference.name} ${reference.split})` : ""}`,
    fake !== undefined && `${fake} generated`,
    ...Object.entries(settings ?? {}).map(([name, value]) => `${name} ${value}`),
    seed !== undefined && `seed ${seed}`,
  ].filter((part): part is string => typeof part === "string");
  return `${metric} (${parts.join(", ")})`;
}

/** The protocol as a flat list of names and values. The extractor is known by its hash: names depend on where files lie. */
function flatten({ extractor, reference, settings, ...rest }: Protocol): Map<string, string> {
  const list: [string, unknown][] = [
    ...Object.entries(rest),
    ["extractor", extractor && `${extractor.hash.slice(0, 12)}`],
    [
      "reference data",
      reference && `${reference.name} ${reference.split} ${reference.fingerprint.slice(0, 12)}`,
    ],
    ...Object.entries(settings ?? {}),
  ];
  return new Map(list.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])));
}
