import sharp from "sharp";
import { expect, test } from "vitest";
import { scatterPng } from "./scatter.node.ts";

/** Colours of a PNG by column and row. */
async function pixels(png: Uint8Array): Promise<(x: number, y: number) => number[]> {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return (x, y) => [...data.subarray(3 * (y * info.width + x), 3 * (y * info.width + x) + 3)];
}

test("points of the line become histograms: bars where there are points, none elsewhere", async () => {
  const real = {
    data: [...new Array<number>(50).fill(-1), ...new Array<number>(25).fill(1)],
    shape: [75, 1],
  };
  const at = await pixels(await scatterPng({ real, fake: { data: [1, 1], shape: [2, 1] } }, { size: 240 }));
  /** The least blue of a row around a place: the frame is [−1.2, 1.2], and bins are 4 pixels wide. */
  const blue = (x: number, y: number): number =>
    Math.min(...Array.from({ length: 9 }, (_, i) => at(x - 4 + i, y)[2]!));
  expect(blue(20, 200)).toBeLessThan(200);
  expect(at(120, 200)).toEqual([255, 255, 255]);
  // Half as many real points at 1, but all of the generated ones: their outline goes higher than the bar.
  expect(blue(20, 180)).toBeLessThan(200);
  const top = Array.from({ length: 240 }, (_, y) => y).find((y) =>
    Array.from({ length: 9 }, (_, i) => at(216 + i, y)[0]!).some((red) => red < 200),
  );
  expect(top).toBeLessThan(30);
});

test("generated points alone set their own frame", async () => {
  const at = await pixels(await scatterPng({ fake: { data: [3, 4, 5], shape: [3, 1] } }, { size: 240 }));
  const reds = Array.from({ length: 9 }, (_, i) => at(116 + i, 20)[0]!);
  expect(Math.min(...reds)).toBeLessThan(200);
});
