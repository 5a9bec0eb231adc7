import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Dataset } from "./dataset.ts";
import { loadImageFolder } from "./image-folder.node.ts";
import { folderClasses } from "./list-images.node.ts";

let root = "";
let folder = "";
const cacheBefore = process.env["IMAGO_CACHE"];

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "imago-folder-"));
});
afterAll(() => {
  rmSync(root, { recursive: true });
  if (cacheBefore === undefined) delete process.env["IMAGO_CACHE"];
  else process.env["IMAGO_CACHE"] = cacheBefore;
});
beforeEach(() => {
  folder = mkdtempSync(join(root, "pictures-"));
  process.env["IMAGO_CACHE"] = mkdtempSync(join(root, "cache-"));
});

type Color = { r: number; g: number; b: number; alpha?: number };
const red: Color = { r: 250, g: 20, b: 10 };

function plain(background: Color, width = 40, height = 30): Sharp {
  const channels = background.alpha === undefined ? 3 : 4;
  return sharp({ create: { width, height, channels, background } });
}

/** Left half black, right half of the colour, so that turning and mirroring show. */
async function halves(color: Color): Promise<Sharp> {
  const right = await plain(color, 20, 40).png().toBuffer();
  const picture = plain({ r: 0, g: 0, b: 0 }, 40, 40).composite([{ input: right, left: 20, top: 0 }]);
  return sharp(await picture.png().toBuffer());
}

async function put(name: string, content: Buffer | Promise<Buffer>): Promise<void> {
  const file = join(folder, name);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, await content);
}

/** The pixel in row y and column x of example i as bytes. */
function pixel(dataset: Dataset, i: number, y: number, x: number): number[] {
  const [channels = 1, height = 1, width = 1] = dataset.shape;
  const out = new Float32Array(channels * height * width);
  dataset.read([i], out);
  return Array.from({ length: channels }, (_, c) =>
    Math.round((out[(c * height + y) * width + x]! + 1) * 127.5),
  );
}

function expectNear(got: number[], wanted: number[], tolerance: number): void {
  expect(got.length).toBe(wanted.length);
  got.forEach((v, c) => {
    expect(Math.abs(v - wanted[c]!), `${got} should be near ${wanted}`).toBeLessThanOrEqual(tolerance);
  });
}

test("every format becomes the same picture", async () => {
  await put("a.png", plain(red).png().toBuffer());
  await put("b.jpg", plain(red).jpeg({ quality: 100, chromaSubsampling: "4:4:4" }).toBuffer());
  await put("c.webp", plain(red).webp({ lossless: true }).toBuffer());
  await put("d.gif", plain(red).gif().toBuffer());
  await put("e.tiff", plain(red).tiff().toBuffer());
  await put("f.avif", plain(red).avif({ lossless: true }).toBuffer());
  await put("g.PNG", plain(red).png({ palette: true }).toBuffer());
  await put("notes.txt", Buffer.from("not a picture"));
  const { train, warnings } = await loadImageFolder(folder, { size: 16 });
  expect(train).toMatchObject({ kind: "image", shape: [3, 16, 16], length: 7 });
  expect(train.labels).toBeUndefined();
  expect(warnings).toEqual([]);
  for (let i = 0; i < 7; i++) expectNear(pixel(train, i, 8, 8), [250, 20, 10], 4);
});

test("EXIF rotation, transparency, 16 bits, CMYK, grey and an animation", async () => {
  // Orientation 6: the camera was held upright, the stored picture is to be turned 90° clockwise.
  await put(
    "1-exif.jpg",
    (await halves(red)).withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toBuffer(),
  );
  await put(
    "2-clear.png",
    plain({ ...red, alpha: 0 })
      .png()
      .toBuffer(),
  );
  const sixteen = new Uint16Array(3 * 20 * 20).map((_, i) => [64_250, 5_140, 2_570][i % 3]!);
  const raw = { width: 20, height: 20, channels: 3 } as const;
  await put("3-deep.png", sharp(sixteen, { raw }).toColourspace("rgb16").png().toBuffer());
  await put("4-cmyk.jpg", plain({ r: 128, g: 128, b: 128 }).toColourspace("cmyk").jpeg().toBuffer());
  await put("5-grey.png", plain({ r: 90, g: 90, b: 90 }).toColourspace("b-w").png().toBuffer());
  const frames = sharp(
    [await plain(red).png().toBuffer(), await plain({ r: 0, g: 0, b: 255 }).png().toBuffer()],
    {
      join: { animated: true },
    },
  );
  await put("6-moving.gif", frames.gif().toBuffer());
  const { train } = await loadImageFolder(folder, { size: 16 });
  expect(train.length).toBe(6);
  expectNear(pixel(train, 0, 3, 8), [0, 0, 0], 12);
  expectNear(pixel(train, 0, 12, 8), [250, 20, 10], 12);
  expectNear(pixel(train, 1, 8, 8), [255, 255, 255], 0);
  expectNear(pixel(train, 2, 8, 8), [250, 20, 10], 1);
  expectNear(pixel(train, 3, 8, 8), [128, 128, 128], 20); // CMYK without a profile is only roughly defined
  expectNear(pixel(train, 4, 8, 8), [90, 90, 90], 0);
  expectNear(pixel(train, 5, 8, 8), [250, 20, 10], 2);
});

test("16-bit grey keeps its brightness, and a folder that is mostly grey has one channel", async () => {
  const grey = new Uint16Array(400).fill(51_400);
  const raw = { width: 20, height: 20, channels: 1 } as const;
  await put("a.png", sharp(grey, { raw }).toColourspace("grey16").png().toBuffer());
  await put("b.jpg", plain({ r: 90, g: 90, b: 90 }).jpeg().toBuffer());
  await put("c.png", plain(red).png().toBuffer());
  const { train } = await loadImageFolder(folder, { size: 16 });
  expect(train.shape).toEqual([1, 16, 16]);
  expectNear(pixel(train, 0, 8, 8), [200], 1);
  expectNear(pixel(train, 1, 8, 8), [90], 1);
  expectNear(pixel(train, 2, 8, 8), [Math.round(0.299 * 250 + 0.587 * 20 + 0.114 * 10)], 1);
});

test("pictures are scaled with antialiasing and cropped about the centre; 1×1 is enough", async () => {
  const stripes = Buffer.from(
    Uint8Array.from({ length: 3 * 128 * 64 }, (_, i) => (Math.floor(i / 3) % 2 ? 255 : 0)),
  );
  await put(
    "stripes.png",
    sharp(stripes, { raw: { width: 128, height: 64, channels: 3 } })
      .png()
      .toBuffer(),
  );
  await put("tiny.png", plain(red, 1, 1).png().toBuffer());
  const { train } = await loadImageFolder(folder, { size: 8 });
  // Without antialiasing a stripe one pixel wide would come out black or white.
  expectNear(pixel(train, 0, 4, 4), [128, 128, 128], 10);
  expectNear(pixel(train, 1, 7, 0), [250, 20, 10], 0);
});

/** A PNG of 1-bit grey pixels, all black: a few kilobytes of file for any number of pixels. */
function hugePng(side: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header[8] = 1; // bits per pixel
  const rows = Buffer.alloc(side * (1 + Math.ceil(side / 8)));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows, { level: 1 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

test("unreadable pictures are left out, counted and named; good ones around them stay", async () => {
  const noise = Buffer.from(Uint8Array.from({ length: 3 * 64 * 64 }, (_, i) => (i * 2_654_435_761) >>> 24));
  const noisy = sharp(noise, { raw: { width: 64, height: 64, channels: 3 } });
  await put("cat/a.png", plain(red).png().toBuffer());
  await put("cat/cut.jpg", noisy.clone().jpeg().toBuffer());
  await put("cat/cut.png", noisy.clone().png().toBuffer());
  await put("cat/empty.png", Buffer.alloc(0));
  await put("cat/huge.png", hugePng(30_000));
  await put("cat/words.jpg", Buffer.from("this is no picture"));
  await put("dog/z.png", plain({ r: 0, g: 255, b: 0 }).png().toBuffer());
  for (const cut of ["cat/cut.jpg", "cat/cut.png"]) {
    truncateSync(join(folder, cut), Math.floor(readFileSync(join(folder, cut)).length / 2));
  }
  const { train, warnings } = await loadImageFolder(folder, { size: 16 });
  expect(train).toMatchObject({ length: 2, classes: 2, classNames: ["cat", "dog"] });
  const labels = new Int32Array(2);
  train.labels!([0, 1], labels);
  expect([...labels]).toEqual([0, 1]);
  expectNear(pixel(train, 1, 8, 8), [0, 255, 0], 0);
  expect(warnings).toHaveLength(1);
  expect(warnings![0]).toMatch(
    /^5 of 7 pictures in .* could not be read and were left out: cat\/cut\.jpg \(/,
  );
});

test("only unreadable pictures, an empty folder and no folder are mistakes of the user", async () => {
  await put("words.jpg", Buffer.from("this is no picture"));
  await expect(loadImageFolder(folder)).rejects.toThrow(/1 of 1 pictures/);
  const empty = mkdtempSync(join(root, "empty-"));
  await expect(loadImageFolder(empty)).rejects.toThrow(/has no pictures; put PNG, JPEG/);
  await expect(loadImageFolder(join(empty, "none"))).rejects.toThrow(/cannot be read \(ENOENT\)/);
});

test("folders train and test are the splits, with the same class numbers", async () => {
  await put("train/cat/1.png", plain(red).png().toBuffer());
  await put("train/dog/1.png", plain(red).png().toBuffer());
  await put("train/eel/1.png", plain(red).png().toBuffer());
  await put("test/dog/1.png", plain({ r: 9, g: 9, b: 9 }).png().toBuffer());
  await put("test/eel/1.png", plain({ r: 9, g: 9, b: 9 }).png().toBuffer());
  const { train, test: held } = await loadImageFolder(folder, { size: 16 });
  expect(train).toMatchObject({ length: 3, classNames: ["cat", "dog", "eel"] });
  const labels = new Int32Array(2);
  held!.labels!([0, 1], labels);
  expect([...labels]).toEqual([1, 2]);
  expect(held!.shape).toEqual([3, 16, 16]); // grey by itself, but the training pictures are in colour
});

test("without a folder for testing, one picture in ten is held out, always the same ones", async () => {
  for (let i = 0; i < 20; i++)
    await put(
      `${i}.png`,
      plain({ r: 10 * i, g: 0, b: 200 }, 4, 4)
        .png()
        .toBuffer(),
    );
  const { train, test: held } = await loadImageFolder(folder, { size: 4 });
  expect([train.length, held!.length]).toEqual([18, 2]);
  const reds = (dataset: Dataset): number[] =>
    Array.from({ length: dataset.length }, (_, i) => pixel(dataset, i, 0, 0)[0]!);
  expect([...reds(train), ...reds(held!)].sort((a, b) => a - b)).toEqual(
    Array.from({ length: 20 }, (_, i) => 10 * i),
  );
  expect(reds((await loadImageFolder(folder, { size: 4 })).test!)).toEqual(reds(held!));
});

const cacheFiles = (): string[] => readdirSync(join(process.env["IMAGO_CACHE"]!, "pictures"));

test("the second time comes from the cache, until a file changes; a damaged cache is made anew", async () => {
  await put("a.png", plain(red).png().toBuffer());
  await put("b.png", plain(red).png().toBuffer());
  const stages: string[] = [];
  const load = () =>
    loadImageFolder(folder, { size: 8, onProgress: ({ stage, done }) => stages.push(`${stage} ${done}`) });
  const first = await load();
  expect(stages).toEqual(["decoding pictures 1", "decoding pictures 2"]);
  const second = await load();
  expect(stages).toHaveLength(2);
  expect(second.train.fingerprint).toBe(first.train.fingerprint);
  expect(pixel(second.train, 1, 3, 3)).toEqual(pixel(first.train, 1, 3, 3));

  const [name] = cacheFiles();
  expect(cacheFiles()).toHaveLength(1);
  truncateSync(join(process.env["IMAGO_CACHE"]!, "pictures", name!), 100);
  expect((await load()).train.fingerprint).toBe(first.train.fingerprint);
  expect(stages).toHaveLength(4);

  await put("b.png", plain({ r: 0, g: 0, b: 255 }).png().toBuffer());
  const changed = await load();
  expect(stages).toHaveLength(6);
  expect(changed.train.fingerprint).not.toBe(first.train.fingerprint);
});

test("a cache folder that cannot be written costs time only", async () => {
  await put("a.png", plain(red).png().toBuffer());
  process.env["IMAGO_CACHE"] = join(folder, "a.png");
  expect((await loadImageFolder(folder, { size: 8 })).train.length).toBe(1);
});

test("the class is the first folder below what all pictures share", () => {
  expect(folderClasses(["cat/1.png", "dog/old/2.png"])).toEqual(["cat", "dog"]);
  expect(folderClasses(["pets/cat/1.png", "pets/dog/2.png"])).toEqual(["cat", "dog"]);
  expect(folderClasses(["cat/1.png", "2.png"])).toBeUndefined();
  expect(folderClasses(["cat/1.png", "cat/2.png"])).toBeUndefined();
});
