/**
 * How the ten digits are written: for each digit several ways, each a few strokes, each stroke a smooth curve through
 * its points (a corner is where one stroke ends and another begins). x to the right, y down, the digit in [0, 1]²;
 * below in hundredths.
 */
export type Point = readonly [x: number, y: number];

export interface Stroke {
  readonly points: readonly Point[];
  readonly closed?: boolean;
}

export type Skeleton = readonly Stroke[];

function open(points: string): Stroke {
  return { points: parse(points) };
}

function loop(points: string): Stroke {
  return { points: parse(points), closed: true };
}

function parse(points: string): Point[] {
  return points.split(" ").map((point) => {
    const [x = 0, y = 0] = point.split(",").map(Number);
    return [x / 100, y / 100];
  });
}

const zero: readonly Skeleton[] = [
  [loop("50,0 24,13 14,50 24,87 50,100 76,87 86,50 76,13")],
  [loop("52,0 34,15 26,50 33,85 50,100 67,85 74,50 68,15")],
  [open("66,10 45,2 20,25 15,60 32,95 60,96 82,65 80,28 58,4 40,8")],
];

const one: readonly Skeleton[] = [
  [open("50,0 50,50 50,100")],
  [open("30,24 42,14 54,0"), open("54,0 53,50 52,100")],
  [open("30,22 42,13 52,0"), open("52,0 52,50 52,100"), open("27,100 52,100 77,100")],
  [open("56,0 52,35 48,70 46,100")],
];

const two: readonly Skeleton[] = [
  [open("18,26 30,6 54,0 78,12 78,36 56,64 16,100"), open("16,100 50,98 86,99")],
  [open("20,20 42,2 70,6 78,28 64,58 40,86 20,97 14,86 28,80 50,90 70,97 90,90")],
  [open("16,12 44,2 74,8 74,32 50,66 18,96"), open("18,96 42,92 64,100 88,94")],
];

const three: readonly Skeleton[] = [
  [open("20,14 42,0 70,6 74,28 58,44 38,48"), open("38,48 66,52 82,70 72,92 46,100 16,90")],
  [open("20,3 50,2 80,2"), open("80,2 60,20 44,40"), open("44,40 70,44 82,66 72,90 46,100 18,92")],
  [open("22,10 48,1 72,14 66,36 44,47 56,50"), open("56,50 76,62 78,84 54,99 26,96 16,84")],
];

const four: readonly Skeleton[] = [
  [open("24,2 20,30 16,56"), open("16,56 50,55 88,52"), open("72,0 69,50 66,100")],
  [open("66,0 40,34 12,68"), open("12,68 50,68 90,67"), open("66,0 66,50 66,100")],
  [open("20,4 16,30 24,50 46,53 74,42"), open("78,2 74,42 70,72 68,100")],
];

const five: readonly Skeleton[] = [
  [open("80,2 54,3 28,3"), open("28,3 26,22 23,44"), open("23,44 48,38 74,48 82,70 68,93 42,100 16,92")],
  [open("84,0 60,4 36,6"), open("36,6 26,26 34,42 60,50 74,68 64,90 40,100 16,96")],
  [open("30,6 28,24 26,42"), open("26,42 52,40 74,54 76,78 54,98 18,94"), open("30,6 56,6 86,2")],
];

const six: readonly Skeleton[] = [
  [open("70,2 42,18 22,48 18,76 36,98 64,97 80,76 68,55 44,54 21,70")],
  [open("48,0 32,30 23,62 30,90 52,100 72,86 72,64 52,54 26,70")],
  [open("78,10 58,1 32,16 18,50 22,82 46,100 72,90 78,68 58,52 34,58 20,72")],
];

const seven: readonly Skeleton[] = [
  [open("14,4 50,4 84,2"), open("84,2 62,46 42,100")],
  [open("14,5 50,3 84,2"), open("84,2 60,46 42,100"), open("32,52 56,50 80,48")],
  [open("16,20 16,8"), open("16,8 34,2 60,6 84,2"), open("84,2 72,30 56,60 50,100")],
];

const eight: readonly Skeleton[] = [
  [loop("50,47 26,30 30,8 52,0 74,10 74,30 50,47 24,66 24,90 50,100 76,90 76,66")],
  [
    loop("50,0 30,7 25,24 34,41 50,46 66,41 75,24 70,7"),
    loop("50,46 28,53 19,73 28,93 50,100 72,93 81,73 72,53"),
  ],
  [open("76,14 56,1 32,8 28,28 50,46 74,66 72,90 48,100 24,88 28,66 54,44 76,20")],
];

const nine: readonly Skeleton[] = [
  [loop("54,2 30,8 20,28 32,46 56,46 76,32 76,10"), open("77,10 75,50 70,100")],
  [open("78,22 66,4 40,3 22,22 30,44 56,46 78,22 78,50 66,84 40,100 20,92")],
  [open("74,12 50,1 26,14 26,38 48,48 72,34 74,12"), open("74,12 68,42 56,74 42,100")],
];

/** The ways of writing each digit. */
export const skeletons: readonly (readonly Skeleton[])[] = [
  zero,
  one,
  two,
  three,
  four,
  five,
  six,
  seven,
  eight,
  nine,
];
