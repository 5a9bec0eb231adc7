import { join } from "node:path";
import sharp from "sharp";
import { atomicWrite } from "../data/atomic-write.node.ts";
import { evenly } from "./evenly.ts";
import { filesByStep } from "./run-folder.node.ts";

const [columns, rows, side, gap] = [4, 2, 240, 2];

/**
 * Pictures of a run's samples from its first to its last step, row by row in one PNG file: how generated points
 * moved (`samples/over-time.png`). Returns the file, or undefined where there are fewer than two pictures.
 */
export async function writeOverTime(folder: string): Promise<string | undefined> {
  const samples = join(folder, "samples");
  const chosen = evenly(await filesByStep(samples, ".png"), columns * rows);
  if (chosen.length < 2) return undefined;
  const place = (i: number): number => i * (side + gap);
  const pictures = await Promise.all(
    chosen.map(async ({ file }, i) => ({
      input: await sharp(file).resize(side, side).toBuffer(),
      left: place(i % columns),
      top: place(Math.floor(i / columns)),
    })),
  );
  const [width, height] = [
    place(Math.min(columns, chosen.length)) - gap,
    place(Math.ceil(chosen.length / columns)) - gap,
  ];
  const sheet = sharp({ create: { width, height, channels: 3, background: "#999" } });
  const file = join(samples, "over-time.png");
  await atomicWrite(file, await sheet.composite(pictures).png().toBuffer());
  return file;
}
