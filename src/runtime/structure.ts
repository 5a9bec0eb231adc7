/** Arguments and results may be nested records and lists; these walk them in a fixed order. */

export type Leaf<T> = { readonly path: string; readonly value: T };

function isBranch(x: unknown): x is object {
  if (typeof x !== "object" || x === null || ArrayBuffer.isView(x)) return false;
  return (
    Array.isArray(x) || Object.getPrototypeOf(x) === Object.prototype || Object.getPrototypeOf(x) === null
  );
}

const join = (path: string, key: string): string => (path === "" ? key : `${path}.${key}`);

/** All leaves of `tree` with their paths ("0.x"); a leaf is what `isLeaf` accepts, or anything that is no record or list. */
export function leaves<T>(tree: unknown, isLeaf: (x: unknown) => boolean, path = ""): Leaf<T>[] {
  if (isLeaf(tree) || !isBranch(tree)) return [{ path, value: tree as T }];
  return Object.entries(tree).flatMap(([key, child]) => leaves<T>(child, isLeaf, join(path, key)));
}

/** The same structure with every leaf replaced. */
export function mapLeaves<T>(
  tree: unknown,
  isLeaf: (x: unknown) => boolean,
  replace: (leaf: T, path: string) => unknown,
  path = "",
): unknown {
  if (isLeaf(tree) || !isBranch(tree)) return replace(tree as T, path);
  if (Array.isArray(tree))
    return tree.map((child, i) => mapLeaves(child, isLeaf, replace, join(path, String(i))));
  return Object.fromEntries(
    Object.entries(tree).map(([key, child]) => [key, mapLeaves(child, isLeaf, replace, join(path, key))]),
  );
}
