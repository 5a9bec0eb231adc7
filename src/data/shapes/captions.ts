/**
 * The captions of `shapes` and their meaning:
 *
 *   caption   "a" size colour kind place "on" background
 *   place     "in the middle" | "at the" (row | column | row column)
 *   row       "top" | "bottom"
 *   column    "left" | "right"
 *
 * A third of the picture has one word: of the eight values of x and y the first three, the two in the middle,
 * the last three. Rotation has no word.
 */
import { UserError } from "../../tensor/index.ts";
import { backgrounds, colours, kinds, shapeFactors, sizes } from "./render-shape.ts";

/** Values of x in each column of places, and of y in each row. */
const thirds = [
  [0, 1, 2],
  [3, 4],
  [5, 6, 7],
] as const;
const rows = ["top", "", "bottom"] as const;
const columns = ["left", "", "right"] as const;

const middle = "in the middle";
/** What a caption says of the place, for each row and column. */
const places = rows.map((row) =>
  columns.map((column) => {
    const words = [row, column].filter((word) => word !== "").join(" ");
    return words === "" ? middle : `at the ${words}`;
  }),
);

/** What a caption says of the factors of `shapes`: of each, the values that it leaves possible. */
export interface ShapeCaption {
  readonly kind: number;
  readonly colour: number;
  readonly size: number;
  readonly background: number;
  /** Two or three neighbouring values each. */
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/**
 * The picture in words, from its factors in the order of `shapeFactors`: "a small red circle at the top left
 * on grey".
 */
export function describeShape(factors: ArrayLike<number>): string {
  const [kind = 0, colour = 0, size = 0, x = 0, y = 0, , background = 0] = Array.from(factors);
  const third = (value: number): number => thirds.findIndex((values) => values.some((v) => v === value));
  const place = places[third(y)]![third(x)]!;
  return `a ${sizes[size]} ${colours[colour]} ${kinds[kind]} ${place} on ${backgrounds[background]}`;
}

/**
 * The inverse of `describeShape`: what a caption says. Rotation has no word and stays open. Throws
 * (UserError) where the caption is none of the grammar, with the word that is wrong and those that could
 * stand there.
 */
export function parseShapeCaption(caption: string): ShapeCaption {
  const found = /^a (\S+) (\S+) (\S+) ((?:in|at) .+) on (\S+)$/.exec(caption);
  if (!found) {
    const right = describeShape([0, 0, 0, 0, 0, 0, 1]);
    throw new UserError(
      `"${caption}" is no caption of shapes: expected a sentence such as "${right}"; write "a", a size, ` +
        `a colour, a kind, a place and "on" a background, with one space between words.`,
    );
  }
  const [size, colour, kind, place, background] = found.slice(1) as [string, string, string, string, string];
  const numberOf = (word: string, what: string, words: readonly string[]): number => {
    const value = words.indexOf(word);
    if (value >= 0) return value;
    throw new UserError(
      `"${caption}" is no caption of shapes: got "${word}" as ${what}, expected one of ${words.join(", ")}.`,
    );
  };
  const at = numberOf(place, "the place", places.flat());
  return {
    kind: numberOf(kind, "the kind", kinds),
    colour: numberOf(colour, "the colour", colours),
    size: numberOf(size, "the size", sizes),
    background: numberOf(background, "the background", backgrounds),
    x: thirds[at % 3]!,
    y: thirds[Math.floor(at / 3)]!,
  };
}

/** Whether a picture of these factors, in the order of `shapeFactors`, is what the caption says. */
export function fitsShapeCaption(factors: ArrayLike<number>, caption: ShapeCaption): boolean {
  return shapeFactors.names.every((name, k) => {
    if (name === "rotation") return true;
    const said = caption[name];
    return typeof said === "number" ? said === factors[k] : said.includes(factors[k]!);
  });
}
