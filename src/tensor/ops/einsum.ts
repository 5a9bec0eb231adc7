/**
 * Einstein summation: the axes of the operands carry letters, letters of the output stay and all others are summed
 * over. Operands are joined from left to right; each join is one batched matrix product where a letter is summed
 * over, and a broadcast product where none is.
 */
import { UserError } from "../errors.ts";
import { formatShape, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { mul } from "./binary.ts";
import { diagonal } from "./diagonal.ts";
import { matmul } from "./matmul.ts";
import { permute } from "./permute.ts";
import { sum } from "./reduce.ts";
import { reshape } from "./reshape.ts";

/** A tensor whose axes carry labels: a letter, or a number for an axis under the ellipsis (0 is the last). */
type Labelled = { x: Tensor; labels: readonly string[] };

/**
 * `einsum("bij,bjk->bik", a, b)`: any number of operands; without an arrow the output has the letters that occur once,
 * in alphabetical order; a letter twice in one operand takes its diagonal; `...` stands for leading axes that broadcast.
 */
export function einsum(spec: string, ...operands: Tensor[]): Tensor {
  const [left, right, ...rest] = spec.replaceAll(" ", "").split("->");
  const terms = left!.split(",");
  if (rest.length > 0 || terms.length !== operands.length || operands.length === 0) {
    throw new UserError(
      `einsum: "${spec}" describes ${terms.length} operand(s), got ${operands.length}; write one term for each, such as "ij,jk->ik".`,
    );
  }
  const named = operands.map((x, i) => ({ x, labels: labelsOf(terms[i]!, x, spec) }));
  checkSizes(named, spec);
  const output = outputLabels(right, named, spec);
  const taken = named.map(takeDiagonals);
  const joined = taken.slice(1).reduce((a, b, i) => {
    const later = new Set([...output, ...taken.slice(i + 2).flatMap((t) => t.labels)]);
    return join(a, b, later);
  }, taken[0]!);
  const { x, labels } = sumOut(joined, new Set(output));
  return permute(
    x,
    output.map((label) => labels.indexOf(label)),
  );
}

function labelsOf(term: string, x: Tensor, spec: string): string[] {
  const [head = "", tail, ...rest] = term.split("...");
  const letters = [...head, ...(tail ?? "")];
  const hidden = tail === undefined ? 0 : x.rank - letters.length;
  if (
    rest.length > 0 ||
    letters.some((c) => !/[a-zA-Z]/.test(c)) ||
    hidden < 0 ||
    letters.length + hidden !== x.rank
  ) {
    throw new UserError(
      `einsum: the term "${term}" of "${spec}" does not name the ${x.rank} axes of ${formatShape(x.shape)}; give one letter for each axis, or "..." for leading ones.`,
    );
  }
  return [...head, ...ellipsis(hidden), ...(tail ?? "")];
}

function ellipsis(count: number): string[] {
  return Array.from({ length: count }, (_, i) => String(count - 1 - i));
}

function checkSizes(operands: readonly Labelled[], spec: string): void {
  const sizes = new Map<string, number>();
  for (const { x, labels } of operands) {
    labels.forEach((label, i) => {
      const [known, size] = [sizes.get(label) ?? 1, x.shape[i]!];
      if (known !== 1 && size !== 1 && known !== size) {
        const axis = /\d/.test(label) ? "an axis under the ellipsis" : `"${label}"`;
        throw new UserError(
          `einsum: ${axis} of "${spec}" has size ${known} in one place and ${size} in another; equal letters need equal sizes.`,
        );
      }
      sizes.set(label, known === 1 ? size : known);
    });
  }
}

function outputLabels(right: string | undefined, operands: readonly Labelled[], spec: string): string[] {
  const all = operands.flatMap((o) => o.labels);
  const hidden = ellipsis(1 + Math.max(-1, ...all.filter((l) => /\d/.test(l)).map(Number)));
  if (right === undefined) {
    const once = all.filter((l) => !/\d/.test(l) && all.indexOf(l) === all.lastIndexOf(l));
    return [...hidden, ...once.sort()];
  }
  const [head = "", tail] = right.split("...");
  const labels = tail === undefined ? [...head] : [...head, ...hidden, ...tail];
  const wrong = labels.find((l, i) => !all.includes(l) || labels.indexOf(l) !== i);
  if (wrong !== undefined) {
    throw new UserError(
      `einsum: the output of "${spec}" has "${wrong}" twice or has no operand with it; name each output axis once.`,
    );
  }
  return labels;
}

function takeDiagonals({ x, labels }: Labelled): Labelled {
  const twice = labels.findIndex((l, i) => labels.indexOf(l) !== i);
  if (twice < 0) return { x, labels };
  const first = labels.indexOf(labels[twice]!);
  if (x.shape[first] !== x.shape[twice]) {
    throw new UserError(
      `einsum: "${labels[twice]}" names axes of sizes ${x.shape[first]} and ${x.shape[twice]} of ${formatShape(x.shape)}; a diagonal needs a square.`,
    );
  }
  const rest = labels.filter((_, i) => i !== first && i !== twice);
  return takeDiagonals({ x: diagonal(x, 0, { axes: [first, twice] }), labels: [...rest, labels[first]!] });
}

/** Sums over the axes whose labels nothing needs any more. */
function sumOut({ x, labels }: Labelled, needed: ReadonlySet<string>): Labelled {
  const axes = labels.flatMap((label, i) => (needed.has(label) ? [] : [i]));
  if (axes.length === 0) return { x, labels };
  return { x: sum(x, axes), labels: labels.filter((label) => needed.has(label)) };
}

/** Drops axes of size 1 that stand against a longer axis of `other`: they broadcast. */
function dropOnes({ x, labels }: Labelled, other: Labelled): Labelled {
  const stays = labels.map((label, i) => {
    const j = other.labels.indexOf(label);
    return !(x.shape[i] === 1 && j >= 0 && other.x.shape[j] !== 1);
  });
  return {
    x: reshape(
      x,
      x.shape.filter((_, i) => stays[i]),
    ),
    labels: labels.filter((_, i) => stays[i]),
  };
}

function join(left: Labelled, right: Labelled, later: ReadonlySet<string>): Labelled {
  const [one, two] = [dropOnes(left, right), dropOnes(right, left)];
  const a = sumOut(one, new Set([...later, ...two.labels]));
  const b = sumOut(two, new Set([...later, ...one.labels]));
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const batch = shared.filter((label) => later.has(label));
  const inner = shared.filter((label) => !later.has(label));
  const rows = a.labels.filter((label) => !shared.includes(label));
  const columns = b.labels.filter((label) => !shared.includes(label));
  const labels = [...batch, ...rows, ...columns];
  const shape = [...sizes(a, [...batch, ...rows]), ...sizes(b, columns)];
  if (inner.length === 0) {
    const tall = reshape(order(a, [...batch, ...rows]), [
      ...sizes(a, [...batch, ...rows]),
      ...columns.map(() => 1),
    ]);
    const wide = reshape(order(b, [...batch, ...columns]), [
      ...sizes(b, batch),
      ...rows.map(() => 1),
      ...sizes(b, columns),
    ]);
    return { x: mul(tall, wide), labels };
  }
  const p = group(a, batch, rows, inner);
  const q = group(b, batch, inner, columns);
  return { x: reshape(matmul(p, q), shape), labels };
}

function order({ x, labels }: Labelled, wanted: readonly string[]): Tensor {
  return permute(
    x,
    wanted.map((label) => labels.indexOf(label)),
  );
}

function sizes({ x, labels }: Labelled, wanted: readonly string[]): Shape {
  return wanted.map((label) => x.shape[labels.indexOf(label)]!);
}

/** The operand as matrices [...batch, Π first, Π second]. */
function group(
  t: Labelled,
  batch: readonly string[],
  first: readonly string[],
  second: readonly string[],
): Tensor {
  const product = (labels: readonly string[]): number => sizes(t, labels).reduce((n, d) => n * d, 1);
  return reshape(order(t, [...batch, ...first, ...second]), [
    ...sizes(t, batch),
    product(first),
    product(second),
  ]);
}
