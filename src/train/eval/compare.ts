/** Ranks runs by their scores, and refuses to where the numbers were not measured in the same way. */
import { describeProtocol, protocolDifferences } from "../../metrics/index.ts";
import type { StoredScore } from "./eval-file.ts";

/** The evaluations of one run or of one eval.json. */
export interface Contestant {
  readonly name: string;
  readonly scores: readonly StoredScore[];
}

export interface ComparedCell {
  readonly value: number;
  readonly standardError?: number;
  readonly best: boolean;
}

export interface ComparedRow {
  readonly name: string; // "fid"
  readonly unit?: string;
  readonly better?: "lower" | "higher";
  /** One for each contestant; absent where it has no such score. */
  readonly cells: readonly (ComparedCell | undefined)[];
  /** The protocol that all cells share. */
  readonly protocol?: string;
  /** Why the row is not ranked: what differs between the protocols, as sentences. */
  readonly differences: readonly string[];
}

/** Scores of one name side by side, the newest of each contestant. Rows that only one contestant has are left out. */
export function compareScores(contestants: readonly Contestant[]): ComparedRow[] {
  const names = [...new Set(contestants.flatMap(({ scores }) => scores.map(({ name }) => name)))];
  return names.flatMap((name) => {
    const found = matching(contestants.map(({ scores }) => scores.filter((score) => score.name === name)));
    return found.filter((score) => score).length > 1 ? [row(name, contestants, found)] : [];
  });
}

/** The newest score of each contestant; among several protocols, one that the others have too. */
function matching(all: readonly (readonly StoredScore[])[]): (StoredScore | undefined)[] {
  const newest = all.map((scores) => [...scores].sort((a, b) => b.created.localeCompare(a.created)));
  const shared = newest[0]?.find((score) =>
    newest.every((scores) =>
      scores.some((other) => protocolDifferences(score.protocol, other.protocol).length === 0),
    ),
  );
  if (!shared) return newest.map(([first]) => first);
  return newest.map((scores) =>
    scores.find((other) => protocolDifferences(shared.protocol, other.protocol).length === 0),
  );
}

function row(
  name: string,
  contestants: readonly Contestant[],
  scores: readonly (StoredScore | undefined)[],
): ComparedRow {
  const there = scores.filter((score) => score !== undefined);
  const [first] = there;
  const differences = contestants.flatMap((contestant, i) => {
    const score = scores[i];
    if (!score || score === first) return [];
    const firstName = contestants[scores.indexOf(first)]!.name;
    return protocolDifferences(first!.protocol, score.protocol).map(
      (difference) => `${firstName} and ${contestant.name} differ in ${difference}`,
    );
  });
  const better = first!.better;
  const values = there.map(({ value }) => value).filter(Number.isFinite);
  const best =
    better === "lower" ? Math.min(...values) : better === "higher" ? Math.max(...values) : undefined;
  const ranked = differences.length === 0 && best !== undefined;
  return {
    name,
    ...(first!.unit !== undefined && { unit: first!.unit }),
    ...(better && { better }),
    cells: scores.map(
      (score) =>
        score && {
          value: score.value,
          ...(score.standardError !== undefined && { standardError: score.standardError }),
          best: ranked && score.value === best,
        },
    ),
    ...(differences.length === 0 && { protocol: describeProtocol(first!.protocol) }),
    differences,
  };
}
