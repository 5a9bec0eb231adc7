/**
 * A module resolution hook of Node, for both of its kinds: the one that runs in a thread of its own (asynchronous, Node 20)
 * and the one that does not (synchronous).
 */
export interface HookContext {
  readonly parentURL?: string | undefined;
}
type Resolved = { url: string };
export type NextResolve = (specifier: string, context: HookContext) => Resolved | Promise<Resolved>;

/** What a model file imports besides its own modules. */
const own = /^imago(\/|$)/;
const ownUnlessInstalled = /^zod(\/|$)/;

/**
 * "imago" is this package, found from this file by its own name. "zod" is the one the user installed, or else this
 * package's.
 */
export function resolve(
  specifier: string,
  context: HookContext,
  next: NextResolve,
): Resolved | Promise<Resolved> {
  const ours = (): Resolved | Promise<Resolved> =>
    next(specifier, { ...context, parentURL: import.meta.url });
  if (own.test(specifier)) return ours();
  if (!ownUnlessInstalled.test(specifier)) return next(specifier, context);
  try {
    const theirs = next(specifier, context);
    return "then" in theirs ? theirs.catch(ours) : theirs;
  } catch {
    return ours();
  }
}
