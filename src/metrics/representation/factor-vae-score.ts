import { UserError } from "../../tensor/index.ts";
import { createStream, deriveKey, type RandomStream } from "../../tensor/random/index.ts";
import type { Features } from "../features.ts";
import type { Measured } from "../protocol.ts";
import { checkFactors, columnOf, type FactoredCodes } from "./factors.ts";

export interface FactorVaeOptions {
  readonly seed: number;
  /** Groups to learn the vote from, and as many to judge it by. Default 800. */
  readonly votes?: number;
  /** Examples in a group, drawn with replacement from those that share the factor's value. Default 64. */
  readonly group?: number;
}

/**
 * FactorVAE score (Kim & Mnih 2018, arXiv:1802.05983, section 4): in a group of examples that share the value of one factor, the
 * code that varies least, relative to its variance over all examples, should tell which factor it was. Accuracy of the majority
 * vote code → factor on new groups; 1 where each factor has a code of its own, 1/factors for useless codes. Groups come from the
 * given examples, so every value of every factor needs a few. Constant codes are left out.
 */
export function factorVaeScore(
  input: FactoredCodes,
  { seed, votes = 800, group = 64 }: FactorVaeOptions,
): Measured {
  checkFactors("FactorVAE score", input);
  const alive = aliveCodes(input.codes);
  const members = membersByValue(input.factors);
  const random = createStream(deriveKey(seed, "factor-vae-score"));
  const factors = input.factors.dimensions;
  const count = (): Int32Array => {
    const table = new Int32Array(input.codes.dimensions * factors);
    for (let v = 0; v < votes; v++) {
      const factor = pick(random, factors);
      const value = input.factors.data[pick(random, input.factors.count) * factors + factor]!;
      const rows = members[factor]!.get(value)!;
      const chosen = Array.from({ length: group }, () => rows[pick(random, rows.length)]!);
      table[leastVarying(input.codes, chosen, alive) * factors + factor]!++;
    }
    return table;
  };
  const [train, test] = [count(), count()];
  let hits = 0;
  for (let c = 0; c < input.codes.dimensions; c++) {
    const row = train.subarray(c * factors, (c + 1) * factors);
    hits += test[c * factors + row.indexOf(Math.max(...row))]!;
  }
  const value = hits / votes;
  return {
    name: "FactorVAE score",
    value,
    standardError: Math.sqrt((value * (1 - value)) / votes),
    better: "higher",
    details: { codesInUse: alive.length },
  };
}

interface AliveCode {
  readonly code: number;
  readonly variance: number;
}

function aliveCodes(codes: Features): AliveCode[] {
  const all = Array.from({ length: codes.count }, (_, i) => i);
  const variances = Array.from({ length: codes.dimensions }, (_, code) => ({
    code,
    variance: varianceOf(codes, all, code),
  }));
  const alive = variances.filter(({ variance }) => variance > 0);
  if (alive.length === 0)
    throw new UserError("FactorVAE score: all codes are constant; the encoder has collapsed.");
  return alive;
}

function membersByValue(factors: Features): Map<number, number[]>[] {
  return Array.from({ length: factors.dimensions }, (_, k) => {
    const groups = new Map<number, number[]>();
    columnOf(factors, k).forEach((value, i) => {
      const list = groups.get(value) ?? [];
      list.push(i);
      groups.set(value, list);
    });
    return groups;
  });
}

function leastVarying(codes: Features, rows: readonly number[], alive: readonly AliveCode[]): number {
  const spreads = alive.map(({ code, variance }) => varianceOf(codes, rows, code) / variance);
  return alive[spreads.indexOf(Math.min(...spreads))]!.code;
}

function varianceOf({ data, dimensions }: Features, rows: readonly number[], c: number): number {
  const mean = rows.reduce((sum, row) => sum + data[row * dimensions + c]!, 0) / rows.length;
  return rows.reduce((sum, row) => sum + (data[row * dimensions + c]! - mean) ** 2, 0) / rows.length;
}

/** A whole number below `below`. */
function pick(random: RandomStream, below: number): number {
  return Math.floor(random.bits(new Uint32Array(1))[0]! * 2 ** -32 * below);
}
