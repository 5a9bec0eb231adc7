import type { Dataset, Modes, Splits } from "../dataset.ts";
import { floatDataset } from "../float-dataset.ts";
import { drawCheckerboard } from "./checkerboard.ts";
import { drawCurves, moons, rings, spiral } from "./curves.ts";
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
  readonly modes?: Modes;
  draw(n: number, seed: number, stream: string): LabelledPoints;
}

/** The built-in sets of points in the plane. */
export const pointSets = {
  ring: {
    title: "8 Gaussians on a circle",
    modes: ringModes,
    draw: (n, seed, stream) => drawMixture(ringModes, n, seed, stream),
  },
  grid: {
    title: "25 Gaussians on a 5×5 grid",
    modes: gridModes,
    draw: (n, seed, stream) => drawMixture(gridModes, n, seed, stream),
  },
  moons: { title: "two half moons", draw: (n, seed, stream) => drawCurves(moons, n, seed, stream) },
  spiral: { title: "two spiral arms", draw: (n, seed, stream) => drawCurves(spiral, n, seed, stream) },
  rings: { title: "four circles", draw: (n, seed, stream) => drawCurves(rings, n, seed, stream) },
  checkerboard: { title: "eight squares of a checkerboard", draw: drawCheckerboard },
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
  const make = (part: string, n: number): Dataset =>
    floatDataset({
      name,
      kind: "points",
      shape: [2],
      fingerprint: `${name}/${version} seed=${seed} length=${n} ${part}`,
      ...(set.modes === undefined ? {} : { modes: set.modes }),
      ...set.draw(n, seed, `${name}/${part}`),
    });
  return { train: make("train", length), test: make("test", Math.ceil(length / 10)) };
}
