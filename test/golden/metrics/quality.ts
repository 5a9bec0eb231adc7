/** Reference numbers of quality.py, typed. */
import { readFileSync } from "node:fs";
import type { Features, Images } from "../../../src/metrics/index.ts";

export interface GoldenTable {
  readonly data: readonly number[];
  readonly shape: readonly number[];
}

interface Subset {
  readonly real: readonly number[];
  readonly fake: readonly number[];
}

interface Spread {
  readonly value: number;
  readonly deviation: number;
}

interface Quality {
  readonly features: { readonly [name in "real" | "fake" | "few" | "far"]: GoldenTable };
  readonly kid: {
    readonly "torch-fidelity subsets": Spread & { readonly rows: readonly Subset[] };
    readonly "torch-fidelity all": Spread;
    readonly "torch-fidelity other kernel": Spread;
    readonly "torch-fidelity biased": number;
    readonly "torch-fidelity u-statistic": number;
    readonly "clean-fid": { readonly rows: readonly Subset[]; readonly value: number };
  };
  readonly mmd: {
    readonly kernels: { readonly [name: string]: { unbiased: number; biased: number; few: number } };
    readonly "torch-fidelity rbf": number;
    readonly median: number;
  };
  readonly "inception score": {
    readonly logits: GoldenTable;
    readonly splits: { readonly [splits: string]: Spread };
    readonly shuffled: Spread & { readonly order: readonly number[] };
  };
  readonly sliced: { readonly directions: GoldenTable } & {
    readonly [name in "order 1" | "order 2" | "few, order 1" | "few, order 2"]: number;
  };
  readonly pyramid: { readonly pictures: GoldenTable; readonly levels: readonly GoldenTable[] };
  readonly "ms-ssim": readonly {
    readonly images: GoldenTable;
    readonly pairs: readonly (readonly [number, number])[];
    readonly weights: readonly number[];
    readonly values: readonly number[];
    readonly valid: readonly number[];
  }[];
  readonly bins: {
    readonly inertia: number;
    readonly labels: readonly number[];
    readonly centers: GoldenTable;
    readonly z: readonly number[];
    readonly different: number;
    readonly js: number;
  };
  readonly modes: {
    readonly counts: readonly number[];
    readonly kl: number;
    readonly positive: readonly number[];
    readonly reverse: number;
  };
}

export const quality = JSON.parse(readFileSync(new URL("quality.json", import.meta.url), "utf8")) as Quality;

export function toFeatures({ data, shape }: GoldenTable): Features {
  return { data: Float64Array.from(data), count: shape[0]!, dimensions: shape[1]! };
}

export function toImages({ data, shape }: GoldenTable): Images {
  return { data: Float32Array.from(data), shape };
}

/** |a − b| / |b|. */
export function relative(a: number, b: number): number {
  return Math.abs(a - b) / Math.abs(b);
}
