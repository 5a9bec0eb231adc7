/** `imago verify`: measures claims, seed by seed. */
import { UserError } from "../tensor/index.ts";
import {
  type Claim,
  enough,
  type Finding,
  holds,
  type ModelClaims,
  seedsOf,
  thresholdText,
} from "./claim.ts";
import { openLab } from "./lab.node.ts";
import { claimFiles } from "./registry.ts";

export interface VerifyOptions {
  /** Models; none for all that have claims. */
  readonly models: readonly string[];
  readonly seeds: readonly number[];
  /** Ids of claims, "mesh-nll"; default all. */
  readonly claims?: readonly string[];
  /** Folder for the runs. */
  readonly folder: string;
  /** Take runs that are there already, where they were trained to their end as planned. */
  readonly reuse?: boolean;
  readonly say: (what: string) => void;
  readonly signal?: AbortSignal;
}

/** One claim with what was found for each seed. */
export interface Verified {
  readonly model: string;
  readonly id: string;
  readonly claim: string;
  readonly unit: string;
  readonly threshold: string; // "≤ 27.65"
  readonly kind: Claim["threshold"];
  readonly need: NonNullable<Claim["need"]>;
  readonly seeds: readonly number[];
  readonly values: readonly number[];
  readonly baseline?: { readonly name: string; readonly value: number };
  readonly notes?: readonly string[];
  readonly holds: boolean;
  /** What went wrong, where it could not be measured. */
  readonly error?: string;
  readonly seconds: number;
  readonly date: string; // ISO 8601
}

/** Measures the claims and tells each result. Throws (UserError) where a model or claim does not exist. */
export async function* verify(options: VerifyOptions): AsyncGenerator<Verified> {
  for (const { model, claims } of await chosen(options)) {
    const labs = new Map(
      options.seeds.map((seed) => [seed, openLab({ ...options, seed, folder: options.folder })] as const),
    );
    try {
      for (const claim of claims) {
        options.signal?.throwIfAborted();
        yield await verifyOne(model, claim, (seed) => labs.get(seed)!, options);
      }
    } finally {
      for (const lab of labs.values()) await lab.dispose();
    }
  }
}

async function chosen({ models, claims: ids }: VerifyOptions): Promise<ModelClaims[]> {
  const names = models.length > 0 ? models : Object.keys(claimFiles);
  const unknown = names.find((name) => !Object.hasOwn(claimFiles, name));
  if (unknown !== undefined)
    throw new UserError(
      `There are no claims about "${unknown}"; there are about ${Object.keys(claimFiles).join(", ")}.`,
    );
  const every = await Promise.all(names.map(async (name) => (await claimFiles[name]!()).claims));
  const files = models.length > 0 ? every : every.filter(({ onRequest }) => !onRequest);
  if (!ids) return files;
  const known = files.flatMap(({ claims }) => claims.map(({ id }) => id));
  const missing = ids.find((id) => !known.includes(id));
  if (missing !== undefined)
    throw new UserError(`There is no claim "${missing}"; there are ${known.join(", ")}.`);
  return files.map((file) => ({ ...file, claims: file.claims.filter(({ id }) => ids.includes(id)) }));
}

async function verifyOne(
  model: string,
  claim: Claim,
  labOf: (seed: number) => ReturnType<typeof openLab>,
  { seeds: all, say, signal }: VerifyOptions,
): Promise<Verified> {
  const began = performance.now();
  const seeds = seedsOf(claim, all);
  const findings: Finding[] = [];
  let error: string | undefined;
  for (const seed of seeds) {
    say(`${model} ${claim.id}, seed ${seed}`);
    try {
      findings.push(await claim.measure(labOf(seed)));
    } catch (problem) {
      signal?.throwIfAborted();
      error = problem instanceof Error ? problem.message : String(problem);
      break;
    }
  }
  const notes = [...new Set(findings.flatMap(({ note }) => note ?? []))];
  const baseline = meanBaseline(findings);
  return {
    ...{ model, id: claim.id, claim: claim.claim, unit: claim.unit, kind: claim.threshold },
    threshold: thresholdText(claim, findings[0]),
    need: claim.need ?? "all",
    seeds,
    values: findings.map(({ value }) => value),
    ...(baseline && { baseline }),
    ...(notes.length > 0 && { notes }),
    holds:
      error === undefined &&
      enough(
        claim,
        findings.map((finding) => holds(claim, finding)),
      ),
    ...(error !== undefined && { error }),
    seconds: (performance.now() - began) / 1000,
    date: new Date().toISOString(),
  };
}

function meanBaseline(findings: readonly Finding[]): Finding["baseline"] {
  const all = findings.flatMap(({ baseline }) => baseline ?? []);
  const first = all[0];
  return first && { name: first.name, value: all.reduce((sum, { value }) => sum + value, 0) / all.length };
}
