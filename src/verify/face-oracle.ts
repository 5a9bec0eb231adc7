/** Says which face a picture shows: of all faces that can be drawn, the one nearest to it. */
import { faceFactors, renderFace } from "../data/index.ts";
import { createProducts, type Features } from "../metrics/index.ts";
import { createStream } from "../tensor/index.ts";
import { deriveKey } from "../tensor/random/index.ts";
import type { Examples } from "../train/latents.node.ts";
import type { Lab } from "./lab.node.ts";
import { rowsOf } from "./latent-measures.ts";

/**
 * Factors of pictures, one row each in the order of `faceFactors`, and how far they are from what they are
 * taken for.
 */
export interface SeenFaces {
  /** −1 throughout a row whose picture has pixels that are no numbers. */
  readonly factors: Int32Array;
  /** Root of the mean square of the differences of pixels in [−1, 1], over all pictures. */
  readonly distance: number;
}

export interface FaceOracle {
  see(x: Examples): Promise<SeenFaces>;
}

const count = faceFactors.sizes.length;
const total = faceFactors.sizes.reduce((a, b) => a * b, 1);
/** Faces compared with pictures at a time. */
const portion = 2000;

/** Factors of face number i of all that there are, the last factor the fastest. */
function factorsOf(i: number): Int32Array {
  const factors = new Int32Array(count);
  for (let k = count - 1, rest = i; k >= 0; k--) {
    factors[k] = rest % faceFactors.sizes[k]!;
    rest = Math.floor(rest / faceFactors.sizes[k]!);
  }
  return factors;
}

/**
 * The oracle of faces of side×side: a picture shows the face of all that can be drawn whose squared distance
 * to it, pixel by pixel, is the least. It is right about every real face, since no two are drawn alike.
 */
export function faceOracle({ runtime }: Pick<Lab, "runtime">, side: number): FaceOracle {
  const d = 3 * side * side;
  const products = createProducts(runtime);
  const bytes = new Uint8Array(total * d);
  for (let i = 0; i < total; i++) renderFace(factorsOf(i), side, bytes.subarray(i * d, (i + 1) * d));
  const facesFrom = (first: number): Features & { readonly squares: Float64Array } => {
    const rows = Math.min(portion, total - first);
    const data = Float32Array.from({ length: rows * d }, (_, i) => bytes[first * d + i]! / 127.5 - 1);
    const squares = new Float64Array(rows);
    data.forEach((v, i) => {
      squares[Math.floor(i / d)]! += v * v;
    });
    return { data, count: rows, dimensions: d, squares };
  };
  return {
    async see(x) {
      const n = x.shape[0]!;
      const nearest = new Int32Array(n).fill(-1);
      const least = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
      for (let first = 0; first < total; first += portion) {
        const faces = facesFrom(first);
        const inner = await products.outerSingle(rowsOf(x), faces);
        inner.forEach((product, at) => {
          const [i, j] = [Math.floor(at / faces.count), at % faces.count];
          const distance = faces.squares[j]! - 2 * product;
          if (distance < least[i]!) [least[i], nearest[i]] = [distance, first + j];
        });
      }
      const factors = new Int32Array(n * count);
      nearest.forEach((face, i) => {
        factors.set(face < 0 ? new Int32Array(count).fill(-1) : factorsOf(face), i * count);
      });
      const square = x.data.reduce((sum, v) => sum + v * v, 0) + least.reduce((sum, v) => sum + v, 0);
      return { factors, distance: Math.sqrt(Math.max(0, square) / x.data.length) };
    },
  };
}

/**
 * Share of pictures of which the oracle names all factors right, %, when noise of a root mean square is added
 * to them.
 */
export async function accuracyInNoise(
  oracle: FaceOracle,
  { x, factors }: { readonly x: Examples; readonly factors: Int32Array },
  { noise, seed }: { readonly noise: number; readonly seed: number },
): Promise<number> {
  const normal = createStream(deriveKey(seed, "noise on faces")).normal(new Float32Array(x.data.length));
  const seen = await oracle.see({ ...x, data: x.data.map((v, i) => v + noise * normal[i]!) });
  const right = Array.from({ length: x.shape[0]! }, (_, i) =>
    seen.factors.subarray(i * count, (i + 1) * count).every((v, k) => v === factors[i * count + k]),
  );
  return (100 * right.filter((one) => one).length) / right.length;
}
