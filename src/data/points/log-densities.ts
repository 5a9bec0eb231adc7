/** Exact log densities of the sets of points, in float64. */
import type { Modes } from "../dataset.ts";
import type { Curves } from "./curves.ts";

/** log p of one point, nats. */
export type LogDensity = (x: ArrayLike<number>) => number;

/** log (1/K) Σₖ N(x; centersₖ, std² I). */
export function mixtureLogDensity({ centers, std }: Modes): LogDensity {
  const dimensions = centers[0]!.length;
  const constant = -Math.log(centers.length) - dimensions * Math.log(std * Math.sqrt(2 * Math.PI));
  const log = logSumOfGaussians({ dimensions, centers: Float64Array.from(centers.flat()), std });
  return (x) => constant + log(x);
}

/**
 * log (1/K) Σₖ ∫ N(x; curveₖ(u), noise² I) du over u from 0 to 1, with u = t² so that the nodes of the midpoint rule lie closely
 * where the spiral begins. They lie within half the noise of one another, which leaves errors below 1e-4 nats.
 */
export function curvesLogDensity(curves: Curves, nodes = 1000): LogDensity {
  const places = Array.from({ length: nodes }, (_, i) => (i + 0.5) / nodes);
  const constant = -Math.log(curves.count * nodes) - 2 * Math.log(curves.noise * Math.sqrt(2 * Math.PI));
  const points = Array.from({ length: curves.count }, (_, k) =>
    places.flatMap((t) => curves.point(k, t * t)),
  );
  const weights = Float64Array.from(places, (t) => 2 * t); // du = 2t dt
  const log = logSumOfGaussians({
    dimensions: 2,
    centers: Float64Array.from(points.flat()),
    weights,
    std: curves.noise,
  });
  return (x) => constant + log(x);
}

interface Gaussians {
  readonly dimensions: number;
  readonly centers: Float64Array; // [n, dimensions]
  /** Repeated along the centres; 1 where absent. */
  readonly weights?: Float64Array;
  readonly std: number;
}

/** x ↦ log Σᵢ wᵢ exp(−‖x − centerᵢ‖²/2σ²). */
function logSumOfGaussians({ dimensions, centers, weights, std }: Gaussians): LogDensity {
  const squares = new Float64Array(centers.length / dimensions);
  const scale = -1 / (2 * std * std);
  return (x) => {
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0, at = 0; i < squares.length; i++) {
      let square = 0;
      for (let d = 0; d < dimensions; d++, at++) square += (x[d]! - centers[at]!) ** 2;
      squares[i] = square;
      if (square < least) least = square;
    }
    const far = least - 40 / scale;
    let sum = 0;
    for (let i = 0; i < squares.length; i++) {
      if (squares[i]! > far) continue;
      sum += (weights ? weights[i % weights.length]! : 1) * Math.exp(scale * (squares[i]! - least));
    }
    return scale * least + Math.log(sum);
  };
}

/** −log 32 on the dark squares of the board, −∞ elsewhere; see drawCheckerboard. */
export const checkerboardLogDensity: LogDensity = (x) => {
  const [column, row] = [Math.floor((x[0]! + 4) / 2), Math.floor((x[1]! + 4) / 2)];
  const inside = column >= 0 && column < 4 && row >= 0 && row < 4;
  return inside && (column + row) % 2 === 0 ? -Math.log(32) : Number.NEGATIVE_INFINITY;
};

/** Entropy of K Gaussians of the plane that are so far apart that none overlap: log K + log 2πeσ². */
export function entropyOfSeparateModes({ centers, std }: Modes): number {
  return Math.log(centers.length) + Math.log(2 * Math.PI * Math.E * std * std);
}
