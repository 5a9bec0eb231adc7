import { expect, test } from "vitest";
import { fillNormal } from "../tensor/random/index.ts";
import { type LatentPath, type Latents, perceptualPathLength } from "./perceptual-path-length.ts";

const size = 4;

/** Features A·z of a diagonal A; float64, so that nothing but the latent vectors is rounded. */
function linear(diagonal: readonly number[]): LatentPath<Latents> {
  return {
    latentShape: [size],
    generate: async (z) => z,
    extract: async ({ data, shape }) => ({
      data: Float64Array.from(data, (v, i) => v * diagonal[i % size]!),
      count: shape[0]!,
      dimensions: size,
    }),
  };
}

function endsOf(samples: number): readonly Float32Array[] {
  const ends: Float32Array[] = [];
  const prior: NonNullable<LatentPath<Latents>["prior"]> = (out, seed, end) => {
    ends[end] = fillNormal(out, [seed, end]).slice();
  };
  void perceptualPathLength({ ...linear([1, 1, 1, 1]), prior }, { samples, seed: 3 });
  return ends;
}

test.each([1e-2, 0.5])("a linear generator on straight paths: ‖A(z₂ − z₁)‖² for ε = %d", async (epsilon) => {
  const diagonal = [1, 2, 0.5, 3];
  const samples = 300;
  const [a, b] = endsOf(samples);
  const model = {
    ...linear(diagonal),
    prior: (out: Float32Array, seed: number, end: 0 | 1) => void fillNormal(out, [seed, end]),
  };
  const { distances, kept, value } = await perceptualPathLength(model, {
    samples,
    epsilon,
    path: "lerp",
    keep: undefined,
    seed: 3,
    batch: 77,
  });
  distances.forEach((d, i) => {
    const expected = diagonal.reduce((sum, s, j) => sum + (s * (b![4 * i + j]! - a![4 * i + j]!)) ** 2, 0);
    expect(d / expected).toBeCloseTo(1, 3);
  });
  expect(kept).toBe(samples);
  expect(value).toBeCloseTo(distances.reduce((x, y) => x + y) / samples, 9);
});

test("2·tr(AAᵀ) in the mean, within four standard errors", async () => {
  const options = { samples: 4000, epsilon: 1e-2, path: "lerp", keep: undefined } as const;
  const { value, standardError } = await perceptualPathLength(linear([1, 2, 0.5, 3]), options);
  expect(Math.abs(value - 2 * (1 + 4 + 0.25 + 9))).toBeLessThan(4 * standardError);
});

test("great circles have unit speed: the squared angle between the ends, wherever t is", async () => {
  const samples = 200;
  const [a, b] = endsOf(samples);
  const model = {
    ...linear([1, 1, 1, 1]),
    prior: (out: Float32Array, seed: number, end: 0 | 1) => void fillNormal(out, [seed, end]),
  };
  for (const place of ["full", "end"] as const) {
    const { distances } = await perceptualPathLength(model, {
      samples,
      epsilon: 1e-2,
      place,
      seed: 3,
      keep: undefined,
    });
    distances.forEach((d, i) => {
      const [x, y] = [a!.subarray(4 * i, 4 * i + 4), b!.subarray(4 * i, 4 * i + 4)];
      const inner = x.reduce((sum, v, j) => sum + v * y[j]!, 0);
      const angle = Math.acos(inner / (Math.hypot(...x) * Math.hypot(...y)));
      // The chord of the arc ε·ω.
      const chord = (2 * Math.sin((1e-2 * angle) / 2)) / 1e-2;
      expect(d / chord ** 2).toBeCloseTo(1, 3);
    });
  }
});

test("percentiles as NumPy's lower and higher: 101 paths, 1 and 99 leave 99", async () => {
  const options = { samples: 101, epsilon: 0.1, path: "lerp" } as const;
  const all = await perceptualPathLength(linear([1, 1, 1, 1]), { ...options, keep: undefined });
  const some = await perceptualPathLength(linear([1, 1, 1, 1]), options);
  const inner = all.distances.slice().sort().slice(1, 100);
  expect(some.kept).toBe(99);
  expect(some.value).toBeCloseTo(inner.reduce((x, y) => x + y) / 99, 12);
});

test("a generator that maps all to one picture has length 0", async () => {
  const { value, standardError } = await perceptualPathLength(linear([0, 0, 0, 0]), { samples: 20 });
  expect([value, standardError]).toEqual([0, 0]);
});

test("options out of range are refused", async () => {
  await expect(perceptualPathLength(linear([1, 1, 1, 1]), { epsilon: 0 })).rejects.toThrow(/ε = 0; expected/);
  await expect(perceptualPathLength(linear([1, 1, 1, 1]), { keep: [99, 1] })).rejects.toThrow(
    /0 ≤ low < high/,
  );
});
