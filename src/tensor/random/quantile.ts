/**
 * Standard normal quantile Φ⁻¹. Wichura 1988, "Algorithm AS 241", routine PPND7: rational approximations, relative error
 * 1.2e-7, about one unit in the last place of a float32. Only + − × ÷ and √ are used, which IEEE 754 rounds alike
 * everywhere, so the numbers are the same in every engine; Math.log is not.
 */

/**
 * out[i] = Φ⁻¹((words[i] + ½) / 2³²): standard normals of magnitude at most 6.34 from uniform 32-bit words.
 * No branch depends on a random number: a branch taken by 15 % of them costs more than the arithmetic.
 */
export function normalQuantiles(out: Float32Array, words: Uint32Array): Float32Array {
  const tails = new Uint32Array(words.length + 1);
  let count = 0;
  for (let i = 0; i < out.length; i++) {
    const word = words[i]!;
    const q = (word - 2147483647.5) * 2 ** -32; // p − ½
    out[i] = q * central(0.180625 - q * q);
    const half = (word >>> 1) - 0x40000000; // q·2³¹ rounded down
    tails[count] = i;
    count += (centralHalfWidth - (half ^ (half >> 31))) >>> 31;
  }
  for (let t = 0; t < count; t++) out[tails[t]!] = tail(words[tails[t]!]!);
  return out;
}

const centralHalfWidth = Math.floor(0.425 * 2 ** 31);

/** Φ⁻¹(½ + q)/q of r = 0.425² − q², for |q| ≤ 0.425: 85 % of all numbers. */
function central(r: number): number {
  return (
    (((59.10937472 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179) /
    (((67.1875636 * r + 78.757757664) * r + 17.895169469) * r + 1)
  );
}

/**
 * Φ⁻¹ nearer than 0.075 to an end, by r = √(−log p) − 1.6. The routine's third form, for √(−log p) > 5 (p < 1.4e-11), cannot
 * be reached from 32 bits.
 */
function tail(word: number): number {
  const right = word >> 31; // −1 in the right half, 0 in the left
  const r = Math.sqrt(negativeLog((2 * (word ^ right) + 1) | 0)) - 1.6;
  const z =
    (((0.17023821103 * r + 1.3067284816) * r + 2.75681539) * r + 1.4234372777) /
    ((0.12021132975 * r + 0.7370016425) * r + 1);
  return z * (-1 - 2 * right);
}

/**
 * −log(n / 2³³) for an odd n < 2³¹: n = m·2ᵉ with 1 ≤ m < 2, and log m = log √2 + 2·artanh(s) with
 * s = (m − √2)/(m + √2), |s| ≤ 0.172, as a series to s¹¹ (absolute error 2e-11).
 */
function negativeLog(n: number): number {
  const exponent = 31 - Math.clz32(n);
  const m = n * powersOfHalf[exponent]!;
  const s = (m - Math.SQRT2) / (m + Math.SQRT2);
  const s2 = s * s;
  const series = ((((s2 / 11 + 1 / 9) * s2 + 1 / 7) * s2 + 1 / 5) * s2 + 1 / 3) * s2 + 1;
  return (32.5 - exponent) * Math.LN2 - 2 * s * series;
}

const powersOfHalf = Float64Array.from({ length: 31 }, (_, i) => 2 ** -i);
