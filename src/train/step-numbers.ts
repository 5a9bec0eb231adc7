/** The numbers of a step, collected from the calls that made it. */

/** Numbers of one step. */
export interface StepNumbers {
  /** "D.loss", "D.D(x)": the mean over the phase's updates. */
  readonly losses: { readonly [name: string]: number };
  /** Global norm of the gradients of each phase, after clipping. */
  readonly gradNorms: { readonly [phase: string]: number };
}

/** Under this name a phase's gradient norm is among its scalars: no scalar of a model can be named so in a formula. */
export const normKey = " gradNorm";

type LoggedValues = { readonly [phase: string]: { readonly [name: string]: { readonly data: unknown } } };

/** Collects the results of a step's calls. */
export function newNumbers(): { add(results: LoggedValues): void; means(): StepNumbers } {
  const sums = new Map<string, { phase: string; name: string; sum: number; count: number }>();
  return {
    add(results) {
      for (const [phase, scalars] of Object.entries(results))
        for (const [name, { data }] of Object.entries(scalars)) {
          const key = `${phase}.${name}`;
          const entry = sums.get(key) ?? { phase, name, sum: 0, count: 0 };
          entry.sum += Number((data as ArrayLike<unknown>)[0]);
          entry.count++;
          sums.set(key, entry);
        }
    },
    means() {
      const losses: { [name: string]: number } = {};
      const gradNorms: { [phase: string]: number } = {};
      for (const [key, { phase, name, sum, count }] of sums) {
        if (name === normKey) gradNorms[phase] = sum / count;
        else losses[key] = sum / count;
      }
      return { losses, gradNorms };
    },
  };
}

/** The first number that is not finite, in the order of the phases: its name, such as "D.loss". */
export function firstNotFinite({ losses, gradNorms }: StepNumbers): string | undefined {
  for (const [name, value] of Object.entries(losses)) if (!Number.isFinite(value)) return name;
  const phase = Object.keys(gradNorms).find((name) => !Number.isFinite(gradNorms[name]));
  return phase && `${phase}.gradNorm`;
}
