import type { Dataset, Modes, Splits } from "../dataset.ts";
import { floatDataset } from "../float-dataset.ts";
import { bananaEntropy, bananaLogDensity, drawBanana } from "./banana.ts";
import { bumpsLogDensity, drawBumps, twoBumps } from "./bumps.ts";
import { drawCheckerboard } from "./checkerboard.ts";
import { type Curves, drawCurves, moons, rings, spiral } from "./curves.ts";
import {
  checkerboardLogDensity,
  curvesLogDensity,
  entropyOfSeparateModes,
  type LogDensity,
  mixtureLogDensity,
} from "./log-densities.ts";
import { drawMixture, type LabelledPoints } from "./mixture.ts";

/**
 * Eight Gaussians on a circle of radius 2, standard deviation 0.02, the first at (2, 0)
 * (Metz et al. 2017, "Unrolled generative adversarial networks", section 3.1).
 */
export const ringModes: Modes = {
  centers: Array.from({ length: 8 }, (_, k) => [
    2 * Math.cos((k * Math.PI) / 4),
    2 * Math.sin((k * Math.PI) / 4),
  ]),
  std: 0.02,
};

/** 25 Gaussians at (−4 + 2i, −4 + 2j), standard deviation 0.05 (Srivastava et al. 2017, VEEGAN, section 4.1). */
export const gridModes: Modes = {
  centers: Array.from({ length: 25 }, (_, k) => [-4 + 2 * (k % 5), -4 + 2 * Math.floor(k / 5)]),
  std: 0.05,
};

interface PointSet {
  readonly title: string;
  readonly dimensions?: number; // default 2
  readonly modes?: Modes;
  draw(n: number, seed: number, stream: string): LabelledPoints;
  /** Makes its exact log density. */
  logDensity(): LogDensity;
  /** −∫ p log p, nats: computed by quadrature where there is no formula, to all digits given. */
  readonly entropy: number;
}

const mixture = (title: string, modes: Modes): PointSet => ({
  title,
  modes,
  draw: (n, seed, stream) => drawMixture(modes, n, seed, stream),
  logDensity: () => mixtureLogDensity(modes),
  entropy: entropyOfSeparateModes(modes),
});

const curves = (title: string, set: Curves, entropy: number): PointSet => ({
  title,
  draw: (n, seed, stream) => drawCurves(set, n, seed, stream),
  logDensity: () => curvesLogDensity(set),
  entropy,
});

/** The built-in sets of points, in the plane but for the last. */
export const pointSets = {
  ring: mixture("8 Gaussians on a circle", ringModes),
  grid: mixture("25 Gaussians on a 5×5 grid", gridModes),
  moons: curves("two half moons", moons, 1.00758),
  spiral: curves("two spiral arms", spiral, 2.54062),
  rings: curves("four circles", rings, 2.62318),
  checkerboard: {
    title: "eight squares of a checkerboard",
    draw: drawCheckerboard,
    logDensity: () => checkerboardLogDensity,
    entropy: Math.log(32),
  },
  banana: {
    title: "a bent Gaussian",
    draw: drawBanana,
    logDensity: () => bananaLogDensity,
    entropy: bananaEntropy,
  },
  "two-bumps": {
    title: "a narrow and a wide Gaussian on the line",
    dimensions: 1,
    draw: (n, seed, stream) => drawBumps(twoBumps, n, seed, stream),
    logDensity: () => bumpsLogDensity(twoBumps),
    entropy: 1.75064,
  },
} as const satisfies { readonly [name: string]: PointSet };

export type PointSetName = keyof typeof pointSets;

export interface PointSetOptions {
  readonly seed?: number;
  /** Points to train on, 100,000 unless given; test points are a tenth as many. */
  readonly length?: number;
}

const defaultLength = 100_000;
const version = 1; // raised when the same seed gives other points

/** Points of a built-in set and others of the same distribution to test on; classes are the parts of the set. */
export function pointSet(
  name: PointSetName,
  { seed = 0, length = defaultLength }: PointSetOptions = {},
): Splits {
  const set: PointSet = pointSets[name];
  const logProb = set.logDensity();
  const make = (part: string, n: number): Dataset =>
    floatDataset({
      name,
      kind: "points",
      shape: [set.dimensions ?? 2],
      fingerprint: `${name}/${version} seed=${seed} length=${n} ${part}`,
      ...(set.modes === undefined ? {} : { modes: set.modes }),
      ...{ logProb, entropy: set.entropy },
      ...set.draw(n, seed, `${name}/${part}`),
    });
  return { train: make("train", length), test: make("test", Math.ceil(length / 10)) };
}
