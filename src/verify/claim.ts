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
  measure(lab: Lab): Promise<Finding>;
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
  readonly picture?: { readonly caption: string; draw(lab: Lab): Promise<Uint8Array> };
}

/** Whether a finding is within its threshold; one that is no number is not. */
export function holds(claim: Claim, finding: Finding): boolean {
  const { value, atMost = claim.atMost, atLeast = claim.atLeast } = finding;
  if (atMost === undefined && atLeast === undefined) return false;
  return (atMost === undefined || value <= atMost) && (atLeast === undefined || value >= atLeast);
}

/** "≤ 27.65", "≥ 0.9". */
export function thresholdText(claim: Claim, finding?: Finding): string {
  const { atMost = claim.atMost, atLeast = claim.atLeast } = finding ?? {};
  const number = (v: number): string => String(Number(v.toPrecision(4)));
  return [atMost !== undefined && `≤ ${number(atMost)}`, atLeast !== undefined && `≥ ${number(atLeast)}`]
    .filter((part) => typeof part === "string")
    .join(", ");
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
