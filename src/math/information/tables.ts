/** Information of discrete distributions given as tables of probabilities, in nats and float64. */
import { UserError } from "../../tensor/errors.ts";
import type { FDivergenceName } from "../divergences/f-gan.ts";
import { divergenceTerm, leastDivergence } from "./divergence-terms.ts";

/** Probabilities of the outcomes 0, 1, …; they are not negative and sum to 1. */
export type Table = ArrayLike<number>;

/** Rounding of float32 tables stays well below this. */
const sumTolerance = 1e-4;

/** H(P) = −Σ p log p, 0 ≤ H ≤ log K (Cover & Thomas 2006, eq. 2.1). */
export function entropyOfTable(p: Table): number {
  return -sumOver(checkTable("entropyOfTable", p), (v) => (v === 0 ? 0 : v * Math.log(v)));
}

/** H(P, Q) = −Σ p log q = H(P) + KL(P ‖ Q): what coding P with the best code of Q costs. */
export function crossEntropyOfTables(p: Table, q: Table): number {
  checkTables("crossEntropyOfTables", p, q);
  return -sumOver(p, (v, i) => (v === 0 ? 0 : v * Math.log(q[i]!)));
}

/** KL(P ‖ Q) = Σ p log(p/q); +∞ where P has an outcome that Q has not. */
export function klOfTables(p: Table, q: Table): number {
  return divergenceOfTables(p, q, "kl");
}

/** JS(P, Q) = ½KL(P ‖ M) + ½KL(Q ‖ M), M = ½(P + Q): symmetric, at most log 2; its root is a metric (Endres & Schindelin 2003). */
export function jensenShannonOfTables(p: Table, q: Table): number {
  return divergenceOfTables(p, q, "jensen-shannon") / 2;
}

/** D_f(P ‖ Q) = Σ q f(p/q) for a generator of `fDivergences`; "jensen-shannon" is, as there, twice the divergence. */
export function divergenceOfTables(p: Table, q: Table, name: FDivergenceName): number {
  checkTables("divergenceOfTables", p, q);
  const term = divergenceTerm(name);
  const total = sumOver(p, (v, i) => term(Math.log(v), Math.log(q[i]!)));
  // Rounding may end a few units of the last place below what the inequality of Jensen allows.
  return Math.max(total, leastDivergence(name));
}

/** I(X; Y) = KL(P(x, y) ‖ P(x)P(y)) of a joint table [rows, columns], row after row. */
export function mutualInformationOfTable(joint: Table, rows: number): number {
  checkTable("mutualInformationOfTable", joint);
  const columns = joint.length / rows;
  if (!Number.isInteger(columns)) {
    throw new UserError(
      `mutualInformationOfTable: ${joint.length} probabilities do not make ${rows} rows of equal length.`,
    );
  }
  const px = Float64Array.from({ length: rows }, (_, r) => sumOf(joint, r * columns, 1, columns));
  const py = Float64Array.from({ length: columns }, (_, c) => sumOf(joint, c, columns, rows));
  const product = Float64Array.from(joint, (_, i) => px[Math.floor(i / columns)]! * py[i % columns]!);
  return klOfTables(joint, product);
}

function sumOf(p: Table, first: number, step: number, count: number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += p[first + i * step]!;
  return total;
}

function sumOver(p: Table, f: (value: number, i: number) => number): number {
  let total = 0;
  for (let i = 0; i < p.length; i++) total += f(p[i]!, i);
  return total;
}

function checkTables(what: string, p: Table, q: Table): void {
  checkTable(what, p);
  checkTable(what, q);
  if (p.length !== q.length) {
    throw new UserError(
      `${what}: the tables have ${p.length} and ${q.length} outcomes; expected the same outcomes in both, with probability 0 where one lacks some.`,
    );
  }
}

function checkTable(what: string, p: Table): Table {
  const total = sumOver(p, (v) => (v >= 0 ? v : Number.NaN));
  if (!(Math.abs(total - 1) <= sumTolerance)) {
    const got = Number.isNaN(total) ? "has a negative number or NaN" : `sums to ${total}`;
    throw new UserError(
      `${what}: the table ${got}; expected probabilities that sum to 1. Divide counts by their total.`,
    );
  }
  return p;
}
