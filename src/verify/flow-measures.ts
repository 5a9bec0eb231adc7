/** What the claims about flows measure: errors of inverses and determinants, integrals, two-sample tests, bits. */
import type { Dataset } from "../data/dataset.ts";
import { binWidths, bitsPerDimensionOfDensity } from "../metrics/likelihood/index.ts";
import { maximumMeanDiscrepancyTest } from "../metrics/two-sample/index.ts";
import { grad, sizeOf, type Tensor } from "../tensor/index.ts";
import type { Examples } from "../train/latents.node.ts";
import type { OpenRun } from "../train/open-run.node.ts";
import type { Finding } from "./claim.ts";
import { densityPng, type Frame, figuresBeside, gridOf } from "./figures/density-figure.node.ts";
import { inFloat64 } from "./float64.node.ts";
import type { Lab } from "./lab.node.ts";

/** Largest |f⁻¹(f(x)) − x| over all numbers of the examples, in single precision. */
export async function inverseError(lab: Lab, run: OpenRun, x: Examples): Promise<number> {
  const { encode, decode } = run.model;
  const back = await lab.compile(run, "there and back", (v: Tensor) => decode!(encode!(v)))(x);
  return largest(back.data as Float32Array, x.data);
}

/** Largest |f⁻¹(f(x)) − x| in double precision, with that of single precision, which is of rounding alone, as a note. */
export async function inverseFinding(lab: Lab, run: OpenRun, x: Examples): Promise<Finding> {
  const { encode, decode } = run.model;
  const both = (v: Tensor): Tensor => run.withAverages(() => decode!(encode!(v)));
  const double = await inFloat64(both, x.shape, run.runtime);
  const back = await double(x);
  await double.release();
  const single = await inverseError(lab, run, x);
  return {
    value: largest(back.data, x.data),
    note: `Seed ${lab.seed}: in single precision ${run.definition.name}'s inverse is off by ${single.toExponential(1)} at most.`,
  };
}

/**
 * How far the determinant that log p implies is from that of the derivative, for points of the plane, in double precision: the
 * largest |exp(log p(x) − log N(f(x))) − |ad − bc|| / (|ad| + |bc|).
 */
export async function determinantError(run: OpenRun, x: Examples): Promise<number> {
  const { encode, logProb } = run.model;
  const derivatives = (v: Tensor) => {
    const z = encode!(v);
    const row = (j: number): Tensor => grad(z.narrow(1, j, 1).sum(), [v])[0]!;
    return { z, nats: logProb!(v), first: row(0), second: row(1) };
  };
  const double = await inFloat64((v: Tensor) => run.withAverages(() => derivatives(v)), x.shape, run.runtime);
  const { z, nats, first, second } = await double(x);
  await double.release();
  return Math.max(
    ...Array.from(nats.data, (own, i) => {
      const at = (t: typeof z, j: number): number => t.data[2 * i + j]!;
      const [straight, across] = [at(first, 0) * at(second, 1), at(first, 1) * at(second, 0)];
      const normal = -0.5 * (at(z, 0) ** 2 + at(z, 1) ** 2) - Math.log(2 * Math.PI);
      const scale = Math.abs(straight) + Math.abs(across);
      return Math.abs(Math.exp(own - normal) - Math.abs(straight - across)) / scale;
    }),
  );
}

/** ∫ p(x) dx over a frame of the plane, by the midpoint rule on n×n cells. */
export async function integralOver(lab: Lab, run: OpenRun, frame: Frame, n = 400): Promise<number> {
  const area = ((frame.right - frame.left) * (frame.top - frame.bottom)) / (n * n);
  const nats = await logDensityOn(lab, run, frame, n);
  return nats.reduce((sum, v) => sum + Math.exp(v) * area, 0);
}

/** log p on {@link gridOf} a frame. */
export async function logDensityOn(lab: Lab, run: OpenRun, frame: Frame, n: number): Promise<Float32Array> {
  const logProb = lab.compile(run, "density", (v: Tensor) => run.model.logProb!(v));
  return (await logProb(gridOf(frame, n))).data as Float32Array;
}

/** In how many of `tries` a kernel two-sample test (p > 0.05) does not tell samples from held-out data, 500 of each at a time. */
export async function undetected(lab: Lab, run: OpenRun, held: Dataset, tries = 10): Promise<number> {
  const count = 500;
  const samples = await lab.samples(run, tries * count);
  const real = lab.examples(held, tries * count);
  const dimensions = sizeOf(held.shape);
  let passed = 0;
  for (let k = 0; k < tries; k++) {
    const rows = ({ data }: Examples) => ({
      data: data.subarray(k * count * dimensions, (k + 1) * count * dimensions),
      ...{ count, dimensions },
    });
    const { pValue } = await maximumMeanDiscrepancyTest.test(rows(samples), rows(real), {
      seed: lab.seed + k,
    });
    if (pValue > 0.05) passed++;
  }
  return passed;
}

/** Bits per dimension of a mean −log density of pixels in [−1, 1]. */
export const bitsOf = (nll: number, dimensions: number): number =>
  bitsPerDimensionOfDensity(-nll, dimensions, binWidths.signed);

/** Data and density; straight lines of the latent space in the space of data; data in the latent space. */
export async function invertibilityPicture(lab: Lab, run: OpenRun, frame: Frame): Promise<Uint8Array> {
  const held = (await lab.data(run.manifest.data.spec)).test!;
  const points = lab.examples(held, 1500);
  const classes = new Int32Array(1500);
  held.labels?.(Int32Array.from(classes.keys()), classes);
  const logDensity = await logDensityOn(lab, run, frame, 160);
  const latents: Frame = { left: -3.5, right: 3.5, bottom: -3.5, top: 3.5 };
  const straight = gridLines(3, 13);
  const decode = lab.compile(run, "lines", (z: Tensor) => run.model.decode!(z));
  const bent = await Promise.all(
    straight.map(async (data) => (await decode({ data, shape: [data.length / 2, 2] })).data),
  );
  const encode = lab.compile(run, "latents", (v: Tensor) => run.model.encode!(v));
  const z = (await encode(points)).data as Float32Array;
  return await figuresBeside([
    await densityPng({
      frame,
      logDensity,
      points: { data: points.data },
      title: "density and held-out data",
    }),
    await densityPng({
      frame,
      points: { data: points.data, classes },
      lines: bent as Float32Array[],
      title: "x = f⁻¹(z)",
    }),
    await densityPng({ frame: latents, points: { data: z, classes }, lines: straight, title: "z = f(x)" }),
  ]);
}

/** Lines of a square grid from −reach to reach, `count` each way, of many points each. */
function gridLines(reach: number, count: number): Float32Array[] {
  const points = 120;
  const at = (k: number, n: number): number => -reach + (2 * reach * k) / (n - 1);
  return [0, 1].flatMap((axis) =>
    Array.from({ length: count }, (_, line) =>
      Float32Array.from({ length: 2 * points }, (_, i) =>
        i % 2 === axis ? at(i >> 1, points) : at(line, count),
      ),
    ),
  );
}

const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
};
