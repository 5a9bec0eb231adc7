/**
 * Sine and cosine for the GPU, where WebGPU allows the built-in ones an error of 2⁻¹¹ (WGSL, "Accuracy of built-in
 * functions") and drivers use it. Here: reduction to [−π/2, π/2], then the Taylor polynomial, whose remainder there is below 6e-8.
 */
import type { Emitter } from "../tensor.ts";

/** π as a float32 with few bits, whose multiples are exact, and the rest of it. */
const piHigh = 3.140625;
const piLow = Math.PI - piHigh;

/** sin x = (−1)ᵏ sin(x − kπ), k the nearest whole number to x/π. */
export function sine(w: Emitter, x: string): string {
  const k = w.node("Floor", [w.node("Add", [overPi(w, x), scalar(w, 0.5)])]);
  return w.node("Mul", [signOf(w, k), sineNearZero(w, minusPi(w, x, k))]);
}

/** cos x = −(−1)ᵐ sin(x − (m + ½)π), m the largest whole number ≤ x/π. */
export function cosine(w: Emitter, x: string): string {
  const m = w.node("Floor", [overPi(w, x)]);
  const remainder = minusPi(w, x, w.node("Add", [m, scalar(w, 0.5)]));
  return w.node("Neg", [w.node("Mul", [signOf(w, m), sineNearZero(w, remainder)])]);
}

const scalar = (w: Emitter, value: number): string => w.scalar(value, "float32");

function overPi(w: Emitter, x: string): string {
  return w.node("Mul", [x, scalar(w, 1 / Math.PI)]);
}

/** x − kπ, the product in two parts so that the difference keeps its digits. */
function minusPi(w: Emitter, x: string, k: string): string {
  const near = w.node("Sub", [x, w.node("Mul", [k, scalar(w, piHigh)])]);
  return w.node("Sub", [near, w.node("Mul", [k, scalar(w, piLow)])]);
}

/** (−1)ᵏ = 1 − 2(k − 2⌊k/2⌋). */
function signOf(w: Emitter, k: string): string {
  const half = w.node("Floor", [w.node("Mul", [k, scalar(w, 0.5)])]);
  const odd = w.node("Sub", [k, w.node("Mul", [half, scalar(w, 2)])]);
  return w.node("Sub", [scalar(w, 1), w.node("Mul", [odd, scalar(w, 2)])]);
}

/** r − r³/3! + r⁵/5! − … − r¹¹/11!. */
function sineNearZero(w: Emitter, r: string): string {
  const square = w.node("Mul", [r, r]);
  const [first, ...rest] = [-1 / 39916800, 1 / 362880, -1 / 5040, 1 / 120, -1 / 6, 1];
  let sum = scalar(w, first!);
  for (const coefficient of rest) sum = w.node("Add", [w.node("Mul", [sum, square]), scalar(w, coefficient)]);
  return w.node("Mul", [r, sum]);
}
