/** Energy-based models of six pixels summed over all their states, from the formulas of their papers alone. */

/** Numbers of a model's variables by name. */
export type Parameters = ReadonlyMap<string, ArrayLike<number>>;

export const pixels = 6;
export const hiddenUnits = { rbm: 4, dbm: [4, 3], dbn: [4, pixels], boltzmann: 3 } as const;

/** Bit i of `state` as unit i. */
export const unitsOf = (state: number, n: number): number[] =>
  Array.from({ length: n }, (_, i) => (state >> i) & 1);

const states = (n: number): number[][] => Array.from({ length: 2 ** n }, (_, state) => unitsOf(state, n));

const dot = (a: ArrayLike<number>, b: readonly number[]): number =>
  b.reduce((sum, v, i) => sum + a[i]! * v, 0);

/** aᵀMb, M row after row. */
const form = (a: readonly number[], M: ArrayLike<number>, b: readonly number[]): number =>
  a.reduce((sum, v, i) => sum + v * dot(Array.from(M).slice(i * b.length), b), 0);

const normalized = (weights: readonly number[]): number[] => {
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / total);
};

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

const sumOf = (list: readonly (readonly number[])[], f: (h: readonly number[]) => number): number =>
  list.reduce((sum, h) => sum + Math.exp(f(h)), 0);

/** Σ_h exp(vᵀWh + bᵀv + cᵀh) of all v, of the machine whose variables are called `name/…`. */
export function rbmWeights(p: Parameters, name = "rbm", visible = pixels, hidden: number = hiddenUnits.rbm) {
  const [W, b, c] = ["W", "b", "c"].map((part) => p.get(`${name}/${part}`)!) as [
    number[],
    number[],
    number[],
  ];
  return states(visible).map((v) => sumOf(states(hidden), (h) => form(v, W, h) + dot(b, v) + dot(c, h)));
}

/** Σ_{h¹, h²} exp(−E) of all v. */
export function dbmWeights(p: Parameters): number[] {
  const [W1, W2, b0, b1, b2] = ["W1", "W2", "b0", "b1", "b2"].map((name) => p.get(`dbm/${name}`)!);
  const [first, second] = hiddenUnits.dbm.map(states) as [number[][], number[][]];
  return states(pixels).map((v) =>
    first.reduce(
      (sum, h) =>
        sum +
        sumOf(second, (g) => form(v, W1!, h) + form(h, W2!, g) + dot(b0!, v) + dot(b1!, h) + dot(b2!, g)),
      0,
    ),
  );
}

/** p(v) = Σ_{h¹} p(h¹) Π_i p(v_i|h¹). */
export function dbnProbabilities(p: Parameters): number[] {
  const [W, b] = [p.get("rbm1/W")!, p.get("rbm1/b")!];
  const [units] = hiddenUnits.dbn;
  const top = normalized(rbmWeights(p, "rbm2", units, hiddenUnits.dbn[1]));
  return states(pixels).map((v) =>
    states(units).reduce((sum, h, state) => {
      const given = v.map((on, i) => {
        const q = sigmoid(b[i]! + dot(Array.from(W).slice(i * units), h));
        return on ? q : 1 - q;
      });
      return sum + top[state]! * given.reduce((a, q) => a * q, 1);
    }, 0),
  );
}

/** Σ_h exp(½ sᵀWs + θᵀs) of all v; W is given by its lower triangle. */
export function boltzmannWeights(p: Parameters, hidden: number = hiddenUnits.boltzmann): number[] {
  const n = pixels + hidden;
  const [lower, theta] = [p.get("machine/W")!, p.get("machine/theta")!];
  const goodness = (s: readonly number[]): number => {
    let total = dot(theta, s);
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) total += lower[i * n + j]! * s[i]! * s[j]!;
    return total;
  };
  return states(pixels).map((v) => sumOf(states(hidden), (h) => goodness([...v, ...h])));
}

/**
 * The stationary distribution of X̃ ~ C(X̃|X), X ~ P(X|X̃), where C flips each pixel with probability `flip`, and row x̃ of `on` holds
 * P(X_i = 1|x̃).
 */
export function stationary(on: readonly (readonly number[])[], flip: number): number[] {
  const all = states(pixels);
  const product = (q: readonly number[], x: readonly number[]): number =>
    x.reduce((a, bit, i) => a * (bit ? q[i]! : 1 - q[i]!), 1);
  const corruption = all.map((x) =>
    all.map((to) =>
      product(
        x.map((bit) => (bit ? 1 - flip : flip)),
        to,
      ),
    ),
  );
  const restoring = on.map((q) => all.map((to) => product(q, to)));
  let p = all.map(() => 1 / all.length);
  const through = (T: readonly (readonly number[])[]): number[] =>
    all.map((_, to) => p.reduce((sum, mass, from) => sum + mass * T[from]![to]!, 0));
  for (let i = 0; i < 300; i++) {
    p = through(corruption);
    p = through(restoring);
  }
  return p;
}

export { normalized };
