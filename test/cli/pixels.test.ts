/** Models that make pictures pixel by pixel: by class, warm and cold, cached and not, animated, completed, and what pixels cost. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newWorkplace, objects, type Workplace } from "./run-cli.ts";

let place: Workplace;
const at = (...parts: string[]): string => join(place.folder, ...parts);
const bytes = (file: string): Buffer => readFileSync(at(file));
const written = (file: string) => ({ code: 0, stdout: `${file} (gated-pixelcnn, step 2)\n`, stderr: "" });
beforeAll(async () => {
  place = newWorkplace();
  const data = ["--data", "binarized-glyphs", "--size", "8", "--batch", "4"];
  const length = ["--preset", "tiny", "--steps", "2", "--out", "run"];
  expect(await place.run("train", "gated-pixelcnn", ...data, ...length)).toMatchObject({
    code: 0,
    stderr: "",
  });
  await place.run("train", "gan", "--preset", "tiny", "--steps", "1", "--size", "8", "--out", "gan");
});
afterAll(() => place.remove());

describe("imago sample", () => {
  test("draws the same pictures with and without cache, and others of a class or at a temperature", async () => {
    const draw = async (file: string, ...flags: string[]): Promise<Buffer> => {
      expect(await place.run("sample", "run", "-n", "2", "--out", file, ...flags)).toEqual(written(file));
      return bytes(file);
    };
    const usual = await draw("usual.npy");
    expect(await draw("plain.npy", "--plain")).toEqual(usual);
    expect(await draw("three.npy", "--class", "3")).not.toEqual(usual);
    expect(await draw("cold.npy", "--temperature", "0.1")).not.toEqual(usual);
  });

  test.each(["webp", "gif"])("animates how the pixels come, as .%s", async (ending) => {
    const file = `pixels.${ending}`;
    expect(await place.run("sample", "run", "-n", "4", "--animate", file)).toEqual(written(file));
    const { format, pages } = await sharp(at(file), { pages: -1 }).metadata();
    expect(format).toBe(ending);
    expect(pages).toBe(32); // 64 pixels, two by two
  });
});

test("imago complete: a row of original, given part and completions for each picture", async () => {
  const flags = ["-n", "3", "--completions", "2", "--mask", "right", "--out", "rows.png"];
  expect(await place.run("complete", "run", ...flags)).toEqual(written("rows.png"));
  const cell = 8 * 4 + 1;
  expect(await sharp(at("rows.png")).metadata()).toMatchObject({ width: 4 * cell + 1, height: 3 * cell + 1 });
  const pixels = await sharp(at("rows.png")).greyscale().raw().toBuffer();
  const pixel = (column: number, x: number, y: number): number =>
    pixels[(1 + 4 * y) * (4 * cell + 1) + 1 + column * cell + 4 * x]!;
  for (let y = 0; y < 8; y++)
    for (let x = 0; x < 8; x++) {
      if (x < 4) for (const column of [1, 2, 3]) expect(pixel(column, x, y)).toBe(pixel(0, x, y));
      else expect(pixel(1, x, y)).toBe(128);
    }
});

test("imago heatmap: pictures, and what each pixel costs", async () => {
  const { code, stdout } = await place.run("heatmap", "run", "-n", "4", "--out", "heat.png");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^heat.png .*\nThe brightest pixels cost [\d.]+ nats or more.\n$/);
  expect(await sharp(at("heat.png")).metadata()).toMatchObject({ channels: 3, height: 2 * 33 + 1 });
});

test("imago models says in how many steps a model samples", async () => {
  expect((await place.run("models", "gated-pixelcnn")).stdout).toContain("Samples in steps: 1,024 for");
  expect(objects((await place.run("models", "pixelcnn", "--json")).stdout)[0]!["steps"]).toBe(1024);
  expect((await place.run("models", "gan")).stdout).not.toContain("in steps");
});

test.each<[string[], RegExp]>([
  [["sample", "gan", "--animate", "x.webp"], /gan does not make pictures in steps/],
  [["sample", "run", "--animate", "x.png"], /ending "\.png" is none of \.webp, \.gif/],
  [["sample", "run", "--animate", "x.gif", "-n", "17"], /number of samples is 17, expected .* 1 to 16/],
  [["sample", "run", "--class", "99"], /class is 99, expected a whole number from 0 to/],
  [["sample", "run", "--temperature", "-1"], /--temperature -1: expected a number of at least 0/],
  [["complete", "gan"], /gan does not complete pictures/],
  [
    ["complete", "run", "--mask", "middle"],
    /--mask middle: expected one of bottom, top, left, right, centre/,
  ],
  [["heatmap", "gan"], /gan gives no probability for each pixel/],
])("imago %j: says what is wrong", async (args, saying) => {
  const { code, stdout, stderr } = await place.run(...args);
  expect(stderr).toMatch(saying);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
});
