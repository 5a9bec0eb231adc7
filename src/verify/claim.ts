/** The contract of a claim: what a model must show, against which baseline, and how it is measured. */
import type { Lab } from "./lab.node.ts";

/** What one measurement found. */
export interface Finding {
  readonly value: number;
  /** What the value is compared with, measured or known: "independent pixels". */
  readonly baseline?: { readonly name: string; readonly value: number };
  /** The threshold, where it depends on what was measured; otherwise that of the claim. */
  readonly atMost?: number;
  readonly atLeast?: number;
  /** The value must be less, or more, than this: a tie fails. */
  readonly below?: number;
  readonly above?: number;
  /** A sentence about what else was seen. */
  readonly note?: string;
}

export interface Claim {
  /** Within its model: "mesh-nll". */
  readonly id: string;
  /** One sentence: "On mesh 8×8 the test NLL comes within 0.3 nats of the entropy." */
  readonly claim: string;
  readonly unit: string; // "nats", "%", "ratio"
  /** The value must be at most, or at least, this. */
  readonly atMost?: number;
  readonly atLeast?: number;
  /** Whether the threshold is of a paper, was calibrated before, or is an estimate. */
  readonly threshold: "paper" | "calibrated" | "estimate" | "exact";
  /** Seeds for which it must hold: all of them (default), or two of three. Exact claims need one. */
  readonly need?: "all" | "two of three" | "one seed";
  /** About how long one seed takes on two cores. */
  readonly minutes: number;
  /** Why it was found not to hold: one sentence, shown where it does not. */
  readonly shortfall?: string;
  measure(lab: Lab): Promise<Finding>;
}

/** A picture or an animation of the docs: what it shows, and how its file is made. */
export interface Drawn {
  readonly caption: string;
  draw(lab: Lab): Promise<Uint8Array>;
}

/** What a model must show, and its picture for the docs. */
export interface ModelClaims {
  readonly model: string;
  /** Of what is compared, and the paper, where the claims are about no model of the registry. */
  readonly title?: string;
  readonly paper?: string;
  /** Measured only where it is named: it takes hours. */
  readonly onRequest?: boolean;
  readonly claims: readonly Claim[];
  /** Draws docs/zoo/<model>.png: what the slides show of such a model. */
  readonly picture?: Drawn;
  /** Draws docs/zoo/<model>.webp, where the slides show the model at work. A few hundred kilobytes at most. */
  readonly animation?: Drawn;
}

/** Whether a finding is within its threshold; one that is no number is not. */
export function holds(claim: Claim, finding: Finding): boolean {
  const bounds = boundsOf(claim, finding);
  return bounds.length > 0 && bounds.every(({ met }) => met(finding.value));
}

/** "≤ 27.65", "≥ 0.9", "> 0.5". */
export function thresholdText(claim: Claim, finding?: Finding): string {
  return boundsOf(claim, finding)
    .map(({ sign, bound }) => `${sign} ${Number(bound.toPrecision(4))}`)
    .join(", ");
}

interface Bound {
  readonly sign: "≤" | "<" | "≥" | ">";
  readonly bound: number;
  met(value: number): boolean;
}

function boundsOf(claim: Claim, finding?: Finding): Bound[] {
  const { atMost = claim.atMost, atLeast = claim.atLeast, below, above } = finding ?? {};
  const one = (
    sign: Bound["sign"],
    bound: number | undefined,
    met: (v: number, b: number) => boolean,
  ): Bound[] => (bound === undefined ? [] : [{ sign, bound, met: (value) => met(value, bound) }]);
  return [
    ...one("≤", atMost, (v, b) => v <= b),
    ...one("<", below, (v, b) => v < b),
    ...one("≥", atLeast, (v, b) => v >= b),
    ...one(">", above, (v, b) => v > b),
  ];
}

/** The seeds that a claim is measured with. */
export function seedsOf({ need = "all" }: Claim, seeds: readonly number[]): readonly number[] {
  return need === "one seed" ? seeds.slice(0, 1) : seeds;
}

/** Whether as many seeds hold as the claim asks for. */
export function enough({ need = "all" }: Claim, held: readonly boolean[]): boolean {
  const count = held.filter((one) => one).length;
  return held.length > 0 && (need === "two of three" ? count * 3 >= held.length * 2 : count === held.length);
}
