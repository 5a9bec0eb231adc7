/**
 * Stacked digits: three random digits as the channels of one colour picture, 1,000 modes. Metz et al. 2017, "Unrolled generative
 * adversarial networks", arXiv:1611.02163, section 3.3.1, with MNIST.
 */
import { UserError } from "../tensor/index.ts";
import { fillIntegers } from "../tensor/random/fill.ts";
import { deriveKey } from "../tensor/random/key.ts";
import type { Dataset, Splits } from "./dataset.ts";

export interface StackedDigitsOptions {
  readonly seed?: number;
  /** Pictures to train on, 128,000 unless given (as in PacGAN's code); test pictures are a tenth as many. */
  readonly length?: number;
}

const version = 1; // raised when the same seed gives other pictures
const defaultLength = 128_000;

/**
 * Picture i has three digits that are drawn independently from all of `digits`, a pure function of (seed, part, i); its label is
 * 100a + 10b + c for the digits a, b, c of its first, second and third channel. Modes are as likely as the digits' shares make
 * them: equally with glyphs, up to 1.4 times more or less than the mean with MNIST.
 *
 * Throws (UserError) unless the digits are grey pictures with ten classes.
 */
export function stackedDigits(
  name: string,
  digits: Splits,
  { seed = 0, length = defaultLength }: StackedDigitsOptions = {},
): Splits {
  return {
    train: stack(name, digits.train, seed, length, "train"),
    ...(digits.test && { test: stack(name, digits.test, seed, Math.ceil(length / 10), "test") }),
  };
}

function stack(name: string, digits: Dataset, seed: number, length: number, part: string): Dataset {
  const [channels, height, width] = digits.shape;
  const { labels } = digits;
  if (channels !== 1 || digits.classes !== 10 || labels === undefined) {
    throw new UserError(
      `${name}: ${digits.name} has ${channels} channels and ${digits.classes ?? "no"} classes; expected grey digits of ten classes.`,
    );
  }
  const chosen = new Int32Array(3 * length);
  fillIntegers(chosen, deriveKey(seed, "stacked-digits", part), { low: 0, high: digits.length });
  const threes = (indices: ArrayLike<number>): Int32Array =>
    Int32Array.from(
      { length: 3 * indices.length },
      (_, n) => chosen[3 * indices[Math.floor(n / 3)]! + (n % 3)]!,
    );
  return {
    name,
    kind: "image",
    shape: [3, height!, width!],
    length,
    classes: 1000,
    classNames: Array.from({ length: 1000 }, (_, i) => `${i}`.padStart(3, "0")),
    fingerprint: `${name}/${version} seed=${seed} length=${length} ${part} of ${digits.fingerprint}`,
    // Three grey pictures after one another are one picture with three channels.
    read: (indices, out) => digits.read(threes(indices), out),
    labels(indices, out) {
      const three = new Int32Array(3 * indices.length);
      labels.call(digits, threes(indices), three);
      for (let n = 0; n < indices.length; n++) {
        out[n] = 100 * three[3 * n]! + 10 * three[3 * n + 1]! + three[3 * n + 2]!;
      }
    },
  };
}
