import { describe, expect, it } from "vitest";
import { lbfgs } from "./lbfgs.ts";

describe("lbfgs", () => {
  it("follows the valley of Rosenbrock's function to its end", async () => {
    const { x, converged } = await lbfgs(
      ([a, b], gradient) => {
        gradient[0] = -2 * (1 - a!) - 400 * a! * (b! - a! ** 2);
        gradient[1] = 200 * (b! - a! ** 2);
        return (1 - a!) ** 2 + 100 * (b! - a! ** 2) ** 2;
      },
      Float64Array.of(-1.2, 1),
    );
    expect(converged).toBe(true);
    expect(x[0]).toBeCloseTo(1, 6);
    expect(x[1]).toBeCloseTo(1, 6);
  });

  it("solves an ill-conditioned quadratic, and stops where it is told to", async () => {
    const quadratic = (x: Float64Array, gradient: Float64Array): number =>
      x.reduce((total, v, i) => {
        gradient[i] = 10 ** i * (v - i);
        return total + 0.5 * 10 ** i * (v - i) ** 2;
      }, 0);
    const start = new Float64Array(6).fill(3);
    const { x, converged } = await lbfgs(quadratic, start, { gradientTolerance: 1e-9 });
    expect(converged).toBe(true);
    x.forEach((v, i) => {
      expect(v).toBeCloseTo(i, 8);
    });
    expect(await lbfgs(quadratic, start, { maxIterations: 2 })).toMatchObject({
      iterations: 2,
      converged: false,
    });
    expect(start).toEqual(new Float64Array(6).fill(3));
  });

  it("refuses a start without a value", async () => {
    await expect(lbfgs(() => Number.NaN, new Float64Array(1))).rejects.toThrow(
      "the value at the start is NaN",
    );
  });
});
