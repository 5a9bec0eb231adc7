/** Adaptive integration in one dimension. */
import { UserError } from "../../tensor/errors.ts";

export interface Integral {
  readonly value: number;
  /** Estimated absolute error. */
  readonly error: number;
}

export interface IntegrateOptions {
  /** Where the integrand has its mass, its kinks and its jumps: intervals begin there. Needed where an end is infinite. */
  readonly points?: readonly number[];
  /** Stops when the estimated error is below this, or below 1e-13 of the value. Default 1e-11. */
  readonly tolerance?: number;
  /** Most intervals. Default 2000. */
  readonly most?: number;
}

interface Piece extends Integral {
  readonly low: number;
  readonly high: number;
  readonly f: (x: number) => number;
}

/** Abscissae of the 15-point Kronrod rule, its weights, and those of the 7-point Gauss rule within (QUADPACK, qk15). */
const nodes = [
  0.9914553711208126, 0.9491079123427585, 0.8648644233597691, 0.7415311855993945, 0.5860872354676911,
  0.4058451513773972, 0.20778495500789848, 0,
];
const kronrod = [
  0.022935322010529224, 0.06309209262997856, 0.10479001032225019, 0.14065325971552592, 0.1690047266392679,
  0.19035057806478542, 0.20443294007529889, 0.20948214108472782,
];
const gauss = [0.1294849661688697, 0.27970539148927664, 0.3818300505051189, 0.4179591836734694];

/**
 * ∫ f over [low, high], either of which may be infinite, by the Gauss–Kronrod rule of 15 points on intervals that are
 * halved where the error is largest (Piessens et al. 1983, QUADPACK). +∞ where f is +∞ at an abscissa.
 * Throws (UserError) where the integral does not settle.
 */
export function integrate(
  f: (x: number) => number,
  low: number,
  high: number,
  { points = [], tolerance = 1e-11, most = 2000 }: IntegrateOptions = {},
): Integral {
  const pieces = pieceUp(f, low, high, points);
  for (;;) {
    const value = pieces.reduce((total, p) => total + p.value, 0);
    const error = pieces.reduce((total, p) => total + p.error, 0);
    if (value === Number.POSITIVE_INFINITY) return { value, error: 0 };
    if (error <= Math.max(tolerance, 1e-13 * Math.abs(value))) return { value, error };
    const worst = pieces.reduce((best, p, i) => (p.error > pieces[best]!.error ? i : best), 0);
    const { f: g, low: a, high: b } = pieces[worst]!;
    const middle = (a + b) / 2;
    if (Number.isNaN(value) || pieces.length >= most || !(a < middle && middle < b)) {
      throw new UserError(
        `integrate: over [${low}, ${high}] the integral does not settle (${value} ± ${error}); name the places of its mass, kinks and jumps in \`points\`, or ask for a larger tolerance.`,
      );
    }
    pieces.splice(worst, 1, evaluate(g, a, middle), evaluate(g, middle, b));
  }
}

/** Intervals between the points, and the tails to infinity mapped to (0, 1). */
function pieceUp(f: (x: number) => number, low: number, high: number, points: readonly number[]): Piece[] {
  const cuts = [low, ...points.filter((p) => p > low && p < high), high].filter(Number.isFinite);
  const ends = [...new Set(cuts)].sort((a, b) => a - b);
  if (ends.length === 0) ends.push(0);
  const [first, last] = [ends[0]!, ends.at(-1)!];
  const scale = last > first ? (last - first) / 4 : 1;
  const tail = (end: number, sign: number) => (t: number) => {
    const y = f(end + (sign * scale * t) / (1 - t));
    return y === 0 ? 0 : (y * scale) / (1 - t) ** 2;
  };
  return [
    ...(low === Number.NEGATIVE_INFINITY ? [evaluate(tail(first, -1), 0, 1)] : []),
    ...ends.slice(1).map((end, i) => evaluate(f, ends[i]!, end)),
    ...(high === Number.POSITIVE_INFINITY ? [evaluate(tail(last, 1), 0, 1)] : []),
  ];
}

function evaluate(f: (x: number) => number, low: number, high: number): Piece {
  const [center, half] = [(low + high) / 2, (high - low) / 2];
  const atCenter = f(center);
  let fine = kronrod[7]! * atCenter;
  let coarse = gauss[3]! * atCenter;
  for (let i = 0; i < 7; i++) {
    const pair = f(center - half * nodes[i]!) + f(center + half * nodes[i]!);
    fine += kronrod[i]! * pair;
    if (i % 2 === 1) coarse += gauss[(i - 1) / 2]! * pair;
  }
  return { f, low, high, value: fine * half, error: Math.abs(fine - coarse) * half };
}
