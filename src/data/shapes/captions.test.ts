import { expect, test } from "vitest";
import { describeShape, fitsShapeCaption, parseShapeCaption } from "./captions.ts";
import { shapeFactors } from "./render-shape.ts";

test("captions name kind, colour, size, place and background", () => {
  expect(describeShape([0, 0, 0, 0, 0, 0, 1])).toBe("a small red circle at the top left on grey");
  expect(describeShape([2, 4, 2, 3, 4, 5, 2])).toBe("a large magenta triangle in the middle on white");
  expect(describeShape([1, 1, 1, 7, 3, 0, 0])).toBe("a medium green square at the right on black");
  expect(describeShape([1, 1, 1, 4, 7, 0, 3])).toBe("a medium green square at the bottom on brown");
});

/** Every combination of the factors that a caption names, with rotations in between. */
function* pictures(): Generator<number[]> {
  const [kinds, colours, sizes, xs, ys, rotations, backgrounds] = shapeFactors.sizes;
  for (let i = 0; i < kinds * colours * sizes * xs * ys * backgrounds; i++) {
    let rest = i;
    const next = (size: number): number => {
      const value = rest % size;
      rest = Math.floor(rest / size);
      return value;
    };
    const [kind, colour, size, x, y, background] = [kinds, colours, sizes, xs, ys, backgrounds].map(next);
    yield [kind!, colour!, size!, x!, y!, i % rotations, background!];
  }
}

test("a caption read back says what the picture is, and is that of all that it leaves open", () => {
  const captions = new Set<string>();
  for (const factors of pictures()) {
    const caption = describeShape(factors);
    const read = parseShapeCaption(caption);
    expect(fitsShapeCaption(factors, read)).toBe(true);
    if (captions.has(caption)) continue;
    captions.add(caption);
    const { kind, colour, size, background } = read;
    for (const x of read.x)
      for (const y of read.y) expect(describeShape([kind, colour, size, x, y, 3, background])).toBe(caption);
  }
  expect(captions.size).toBe(3 * 6 * 3 * 9 * 4);
});

test("what a caption does not say does not fit it", () => {
  const caption = parseShapeCaption("a small red circle at the top left on grey");
  expect(fitsShapeCaption([0, 0, 0, 2, 2, 5, 1], caption)).toBe(true);
  for (const other of [
    [1, 0, 0, 0, 0, 0, 1],
    [0, 1, 0, 0, 0, 0, 1],
    [0, 0, 1, 0, 0, 0, 1],
    [0, 0, 0, 3, 0, 0, 1],
    [0, 0, 0, 0, 3, 0, 1],
    [0, 0, 0, 0, 0, 0, 2],
  ])
    expect(fitsShapeCaption(other, caption)).toBe(false);
});

test.each([
  [
    "a small pink circle at the top left on grey",
    'got "pink" as the colour, expected one of red, green, blue',
  ],
  [
    "a huge red circle at the top left on grey",
    'got "huge" as the size, expected one of small, medium, large.',
  ],
  [
    "a small red star at the top on grey",
    'got "star" as the kind, expected one of circle, square, triangle.',
  ],
  [
    "a small red circle at the left top on grey",
    'got "at the left top" as the place, expected one of at the top',
  ],
  ["a small red circle in the middle on blue", 'got "blue" as the background, expected one of black, grey'],
  ["two red circles on grey", 'expected a sentence such as "a small red circle at the top left on grey"'],
  ["a  small red circle in the middle on grey", "with one space between words"],
  ["", '"" is no caption of shapes'],
])("%s: says what is wrong", (caption, message) => {
  expect(() => parseShapeCaption(caption)).toThrow(message);
});
