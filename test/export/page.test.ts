/** The exported page in Chromium, from a plain static file server: it draws what `imago sample` writes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { spherical } from "../../src/export-page/latents.ts";
import { dcgan } from "../../src/models/adversarial/dcgan.ts";
import { gan } from "../../src/models/adversarial/gan.ts";
import { exportRun } from "../../src/train/export.node.ts";
import { createSampler } from "../../src/train/latents.node.ts";
import { sampleRun } from "../../src/train/sample.node.ts";
import { findChromium } from "../platform/find-chromium.ts";
import { describeWithChromium } from "../platform/needs.ts";
import { codeBlocks } from "./code-blocks.ts";
import { type FolderServer, serveFolder } from "./serve-folder.ts";
import { enliven, mixture, noise, standIn } from "./stand-in.ts";

const image = { kind: "image", shape: [1, 28, 28] } as const;
const colour = { kind: "image", shape: [3, 16, 16] } as const;
/** Largest difference allowed between the page and Node, in steps of a byte. */
const allowed = 2;

describeWithChromium("the exported page", () => {
  const folder = mkdtempSync(join(tmpdir(), "imago-exported-page-"));
  const at = (...names: string[]): string => join(folder, ...names);
  const runs = {
    dcgan: standIn(dcgan, { latent: 8, width: 4 }, image, at("dcgan")),
    gan: standIn(gan, { latent: 6 }, colour, at("gan")),
    mixture: standIn(mixture, {}, image, at("mixture")),
    noise: standIn(noise, {}, image, at("noise")),
    points: standIn(gan, { latent: 2 }, { kind: "points", shape: [2] }, at("points")),
  };
  let server: FolderServer;
  let browser: Browser;

  beforeAll(async () => {
    for (const run of Object.values(runs)) {
      await createSampler(run).sample(0, 0, 1);
      await enliven(run, run === runs.dcgan ? 5 : 2);
      await exportRun(run);
    }
    server = await serveFolder(folder);
    browser = await chromium.launch({
      executablePath: findChromium()!,
      headless: true,
      args: ["--headless=new", "--no-sandbox", "--disable-background-networking"],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    for (const run of Object.values(runs)) await run.runtime.dispose();
    rmSync(folder, { recursive: true });
  });

  /** Opens a page of the server; `trouble` fills with whatever it fetches elsewhere or fails at. */
  async function open(path: string): Promise<{ page: Page; trouble: string[] }> {
    const page = await browser.newPage();
    const trouble: string[] = [];
    page.on("pageerror", (error) => trouble.push(error.message));
    page.on("console", (message) => message.type() === "error" && trouble.push(message.text()));
    page.on("requestfailed", (request) => trouble.push(`failed: ${request.url()}`));
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(server.address) && !/^(data|blob):/.test(url)) trouble.push(`elsewhere: ${url}`);
    });
    await page.goto(server.address + path);
    return { page, trouble };
  }

  async function openRunPage(name: keyof typeof runs, seed: number, count: number) {
    const opened = await open(`${name}/export/`);
    const { page } = opened;
    await page.waitForSelector("body[data-shown]");
    await page.fill("#count", String(count));
    await page.fill("#seed", String(seed));
    await page.press("#seed", "Enter");
    await page.waitForSelector(`body[data-shown="${seed} ${count}"]`);
    return opened;
  }

  test.each(["dcgan", "gan", "mixture", "noise"] as const)(
    "draws what imago sample writes: %s",
    async (name) => {
      const [seed, count] = [11, 20];
      const { page, trouble } = await openRunPage(name, seed, count);
      const drawn = await pixelsOf(page, "#pictures canvas");
      expect(drawn.length).toBe(count);
      await sampleRun(runs[name], { n: count, seed, out: at(`${name}-samples`) });
      for (const [i, picture] of drawn.entries()) {
        const file = at(`${name}-samples`, `${String(i).padStart(2, "0")}.png`);
        const written = await sharp(file).toColourspace("srgb").removeAlpha().raw().toBuffer();
        expect(largestDifference(picture, [...written])).toBeLessThanOrEqual(allowed);
      }
      // The pictures are no even grey that would agree with any other.
      expect(largestDifference(drawn[0]!, drawn[1]!)).toBeGreaterThan(40);
      expect(trouble).toEqual([]);
      await page.close();
    },
  );

  test("walks between two chosen pictures", async () => {
    const { page } = await openRunPage("dcgan", 3, 6);
    await page.click("#pictures li:nth-child(3) button");
    await page.click("#pictures li:nth-child(6) button");
    await page.locator("#place").fill("0.3");
    await page.waitForSelector('body[data-walked="2 5 0.3"]');
    expect(await page.getAttribute("#pictures li:nth-child(6) button", "aria-pressed")).toBe("true");
    const sampler = createSampler(runs.dcgan);
    const [a, b] = [await sampler.latents(3, 2, 1), await sampler.latents(3, 5, 1)];
    const wanted = await sampler.generate({ data: spherical(a.data, b.data, 0.3), shape: [1, 8] });
    const [got] = await pixelsOf(page, "#between");
    expect(largestDifference(got!, greyBytes(wanted.data))).toBeLessThanOrEqual(allowed);
    await page.close();
  });

  test("draws new samples at a press, and keeps them as a PNG file", async () => {
    const { page } = await openRunPage("dcgan", 3, 4);
    const before = await pixelsOf(page, "#pictures canvas");
    await page.click("#new");
    await page.waitForFunction(() => document.body.dataset["shown"] !== "3 4");
    expect(largestDifference(before[0]!, (await pixelsOf(page, "#pictures canvas"))[0]!)).toBeGreaterThan(40);
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("#download")]);
    const { width, height, format } = await sharp(await download.path()).metadata();
    expect({ width, height, format }).toEqual({ width: 2 * 85 + 1, height: 2 * 85 + 1, format: "png" });
    await page.close();
  });

  test("draws points", async () => {
    const { page, trouble } = await openRunPage("points", 2, 300);
    const inked = await page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>("#scatter")!;
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      const colours = new Uint32Array(data.buffer);
      return colours.filter((colour) => colour !== colours[0]).length;
    });
    // 300 discs of radius 3.5 cover at most 11545 of the 921600 pixels; many of them lie apart.
    expect(inked).toBeGreaterThan(2000);
    expect(inked).toBeLessThan(300 * 60);
    const got = await callGenerator(page, "points/export/", 2, 300);
    const wanted = await createSampler(runs.points).sample(2, 0, 300);
    wanted.data.forEach((v, i) => {
      expect(Math.abs(got[i]! - v)).toBeLessThan(1e-4);
    });
    expect(trouble).toEqual([]);
    await page.close();
  });

  test("is used in a page of one's own by the code of docs/export.md", async () => {
    const documentation = fileURLToPath(new URL("../../docs/export.md", import.meta.url));
    const code = codeBlocks(readFileSync(documentation, "utf8"), "html")[0]!;
    writeFileSync(at("dcgan", "own.html"), code);
    const { page } = await open("dcgan/own.html");
    await page.waitForFunction(() => document.querySelector("canvas")!.width === 28);
    const [got] = await pixelsOf(page, "canvas");
    const wanted = await createSampler(runs.dcgan).sample(7, 0, 1);
    expect(largestDifference(got!, greyBytes(wanted.data))).toBeLessThanOrEqual(allowed);
    await page.close();
  });

  test("says what to do when it is opened from the disk", async () => {
    const page = await browser.newPage();
    await page.goto(pathToFileURL(at("dcgan", "export", "index.html")).href);
    await page.waitForSelector("#offline", { state: "visible" });
    expect(await page.textContent("#offline")).toMatch(/npx serve/);
    await page.close();
  });

  // As text: the test runner rewrites import().
  const callGenerator = (page: Page, path: string, seed: number, count: number): Promise<number[]> =>
    page.evaluate(`import("${server.address}${path}imago/generator.js")
      .then(({ loadGenerator }) => loadGenerator("${server.address}${path}"))
      .then((generator) => generator.sample(${seed}, 0, ${count}))
      .then(({ data }) => [...data])`);
});

/** The RGB bytes of every canvas that the selector finds. */
async function pixelsOf(page: Page, selector: string): Promise<number[][]> {
  return await page.evaluate(
    (query) =>
      [...document.querySelectorAll<HTMLCanvasElement>(query)].map((canvas) =>
        [...canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height).data].filter(
          (_, i) => i % 4 < 3,
        ),
      ),
    selector,
  );
}

const greyBytes = (data: Float32Array): number[] =>
  [...data].flatMap((v) => Array<number>(3).fill(Math.round((v + 1) * 127.5)));

function largestDifference(a: readonly number[], b: readonly number[]): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i]!)), 0);
}
