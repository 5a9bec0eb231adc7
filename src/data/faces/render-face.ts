/** Draws one cartoon face from its factors. */
import {
  both,
  bow,
  ellipse,
  type Form,
  type Mark,
  paint,
  type Rgb,
  rectangle,
  segment,
  without,
} from "./paint.ts";

/** The factors of a face, in the order in which they are stored. */
export const faceFactors = {
  names: ["skin", "hair colour", "hair length", "glasses", "smile", "hat", "age", "yaw"],
  sizes: [5, 5, 4, 2, 5, 2, 4, 7],
} as const;

/** From pale to dark. */
const skins: readonly Rgb[] = [
  [252, 224, 200],
  [236, 188, 148],
  [204, 146, 100],
  [152, 100, 66],
  [108, 72, 54],
];
/** Black, chestnut, ginger, blond and grey. */
const hairs: readonly Rgb[] = [
  [30, 26, 32],
  [124, 44, 24],
  [216, 104, 32],
  [240, 208, 96],
  [180, 180, 188],
];
const ground: Rgb = [140, 192, 216];
const shirt: Rgb = [64, 128, 96];
const felt: Rgb = [48, 64, 160];
const white: Rgb = [252, 252, 252];
const ink: Rgb = [24, 24, 32];
const lips: Rgb = [184, 40, 56];

/** Where the hair ends below, for the lengths that reach down beside the face; cropped hair does not. */
const hairEnds = [0, 0.6, 0.8, 1.02];

const shade = (colour: Rgb, by: number): Rgb => [colour[0] * by, colour[1] * by, colour[2] * by];

/**
 * How features lie on a head that is turned: t from −1, to the picture's left, to 1. `x` is the place of what
 * is so far right of the nose in a face seen from the front; `breadth` the share of its breadth that is left
 * of it.
 */
function turned(t: number) {
  const far = (offset: number): number => (offset * t > 0 ? Math.abs(t) : 0);
  return {
    x: (offset: number): number => 0.5 + 0.08 * t + offset * (1 - 0.35 * far(offset)),
    breadth: (offset: number): number => 1 - 0.2 * far(offset),
  };
}

type Turned = ReturnType<typeof turned>;

/** Both sides of the face, left first. */
const sides = [-1, 1] as const;
const eyeLevel = 0.52;
const eyeOffset = 0.108;

const head = ellipse(0.5, 0.52, 0.25, 0.31);

function hairBehind(length: number): Form[] {
  if (length === 0) return [];
  const end = hairEnds[length]!;
  return [
    both(ellipse(0.5, 0.46, 0.305, 0.31), rectangle(0, 0, 1, end)),
    ...(length > 1 ? [rectangle(0.195, 0.46, 0.805, end)] : []),
  ];
}

/** Wrinkles: folds beside the nose, then beside the mouth, then across the forehead. */
function wrinkles(age: number, { x }: Turned, colour: Rgb): Mark[] {
  const lines = [
    sides.map((side) => segment(x(side * 0.07), 0.625, x(side * 0.12), 0.69)),
    sides.map((side) => segment(x(side * 0.15), 0.64, x(side * 0.16), 0.735)),
    [segment(x(-0.1), 0.372, x(0.1), 0.372)],
  ];
  return lines
    .slice(0, age)
    .flat()
    .map((form) => ({ form, colour, pen: 0.016 }));
}

function eyes({ x, breadth }: Turned, t: number, brow: Rgb): Mark[] {
  return sides.flatMap((side) => {
    const [middle, wide] = [x(side * eyeOffset), breadth(side)];
    return [
      { form: ellipse(middle, eyeLevel, 0.056 * wide, 0.042), colour: white },
      { form: ellipse(middle + 0.016 * t, eyeLevel, 0.028, 0.031), colour: ink },
      { form: segment(middle - 0.045 * wide, 0.432, middle + 0.045 * wide, 0.432), colour: brow, pen: 0.014 },
    ];
  });
}

function spectacles({ x, breadth }: Turned): Mark[] {
  const rims = sides.map((side) => ({ at: x(side * eyeOffset), wide: 0.088 * breadth(side), side }));
  const line = (form: Form): Mark => ({ form, colour: ink, pen: 0.015 });
  const lens = ({ at, wide }: (typeof rims)[number]): Form => ellipse(at, eyeLevel, wide, 0.078);
  const [left, right] = rims as [(typeof rims)[number], (typeof rims)[number]];
  return [
    ...rims.map((rim) => ({ form: lens(rim), colour: white, opacity: 0.4 })),
    ...rims.map((rim) => line(lens(rim))),
    line(segment(left.at + left.wide, eyeLevel, right.at - right.wide, eyeLevel)),
    ...rims.map(({ at, wide, side }) =>
      line(segment(at + side * wide, eyeLevel, 0.5 + side * 0.25, eyeLevel - 0.02)),
    ),
  ];
}

const hat: readonly Mark[] = [
  { form: both(ellipse(0.5, 0.32, 0.265, 0.26), rectangle(0, 0, 1, 0.32)), colour: felt },
  { form: rectangle(0.235, 0.25, 0.765, 0.29), colour: white },
  { form: rectangle(0.16, 0.29, 0.84, 0.345), colour: felt },
];

/** Everything in a face, from back to front. */
function marksOf(factors: ArrayLike<number>): Mark[] {
  const [skinTone = 0, hairColour = 0, hairLength = 0, glasses = 0, smile = 0, hatted = 0, age = 0, yaw = 0] =
    Array.from(factors);
  const [skin, hair] = [skins[skinTone]!, hairs[hairColour]!];
  const t = yaw / 3 - 1;
  const turn = turned(t);
  const nose = 0.5 + 0.11 * t;
  const ear = (side: number): Form => ellipse(0.5 + side * 0.25 - 0.03 * t, 0.55, 0.045, 0.06);
  const face = ellipse(0.5 + 0.05 * t, 0.62, 0.225, 0.3);
  const crown = without(both(ellipse(0.5, 0.45, 0.27, 0.29), rectangle(0, 0, 1, 0.52)), face);
  return [
    { form: ellipse(0.5, 1.08, 0.4, 0.2), colour: shirt },
    ...sides.map((side) => ({ form: ear(side), colour: shade(skin, 0.9) })),
    ...hairBehind(hairLength).map((form) => ({ form, colour: hair })),
    { form: ellipse(0.5, 0.86, 0.1, 0.13), colour: shade(skin, 0.82) },
    { form: head, colour: skin },
    ...wrinkles(age, turn, shade(skin, 0.45)),
    { form: crown, colour: hair },
    ...eyes(turn, t, shade(hair, 0.7)),
    { form: segment((nose + turn.x(0)) / 2, 0.56, nose, 0.62), colour: shade(skin, 0.8), pen: 0.02 },
    {
      form: bow(turn.x(0), 0.73, 0.095 * (1 - 0.2 * Math.abs(t)), (smile - 2) * 0.021),
      colour: lips,
      pen: 0.02,
    },
    ...(glasses === 1 ? spectacles(turn) : []),
    ...(hatted === 1 ? hat : []),
  ];
}

/**
 * The face of the factors (values in the order of `faceFactors`) as bytes [3, side, side]: skin from pale to
 * dark, hair black, chestnut, ginger, blond or grey, cropped or down to the ears, the chin or the shoulders,
 * smile from corners of the mouth turned down to turned up, age from no wrinkles to three kinds of them, yaw
 * from left to right. Edges are one pixel soft.
 */
export function renderFace(factors: ArrayLike<number>, side: number, out: Uint8Array): void {
  paint(marksOf(factors), ground, side, out);
}
