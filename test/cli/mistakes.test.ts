/** What a person can get wrong: each mistake is answered by one sentence on standard error and the exit code 2. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hugePng } from "./huge-png.ts";
import { type Ended, newWorkplace, objects, type Workplace } from "./run-cli.ts";

let place: Workplace;
const at = (...parts: string[]): string => join(place.folder, ...parts);
beforeAll(async () => {
  place = newWorkplace();
  const run = await place.run("train", "gan", "--data", "ring", "--preset", "tiny", "--out", "run", "--json");
  expect(run).toMatchObject({ code: 0, stderr: "" });
});
afterAll(() => place.remove());

function expectSentence({ code, stdout, stderr }: Ended, saying: RegExp): void {
  expect(stderr).toMatch(/^imago: [^\n]+[.?]\n$/);
  expect(stderr).toMatch(saying);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
}

describe("on the command line", () => {
  test.each<[string, RegExp]>([
    ["trian", /unknown command 'trian'. Did you mean train\? See imago --help/],
    ["--hlp", /unknown option '--hlp'. Did you mean --help\?/],
    ["train", /missing required argument 'model'. See imago train --help/],
    ["train gan more", /too many arguments/],
    ["train gan --stpes 5", /unknown option '--stpes'. Did you mean --steps\? See imago train --help/],
    ["train gan --steps", /'--steps <n>' argument missing/],
    ["train gan --steps -1", /--steps -1: expected a whole number of at least 1/],
    ["train gan --steps 1.5", /--steps 1.5: expected a whole number/],
    ["train gan --steps ten", /--steps ten: expected a whole number/],
    ["train gan --epochs 0", /--epochs 0: expected a number above 0/],
    ["train gan --minutes -3", /--minutes -3: expected a number above 0/],
    ["train gan --batch 0", /--batch 0: expected a whole number from 1 to 1000000/],
    ["train gan --data ring --set latent=1e9", /does not fit into memory/],
    ["train gan --size 0", /--size 0/],
    ["train gan --seed -4", /--seed -4/],
    ["train gan --ema 1", /--ema 1: expected a number from 0 to below 1/],
    ["train gan --keep 0", /--keep 0/],
    ["train gan --sample-every 0", /--sample-every 0/],
    ["train gan --preset huge", /--preset huge: expected one of tiny, small, paper/],
    ["train gan --device gpu", /--device gpu: expected one of auto, cpu, webgpu, cuda/],
    ["train gan --set latent", /--set latent: expected key=value/],
    ["train gan --set x=y", /no option "x".*its options are latent/],
    ["train gan --set latnet=3", /did you mean latent\?/],
    ["train gan --set latent=many", /latent cannot be "many"/],
    ["train gna", /model "gna" does not exist; did you mean gan\?/],
    ["train dcgan --data ring --preset tiny", /dcgan learns image data, but ring holds points/],
    ["train gan --data nowhere", /nowhere/],
    ["train gan --data mnist", /mnist is not on this machine.*imago data get mnist/],
    ["train ./none.js", /There is no model file .*none\.js/],
    ["train gan --data ring --device cuda", /"cuda" does not work here/],
    ["train gan --data ring --out run", /holds a run already/],
    ["models gna", /did you mean gan\?/],
    ["data put mnist", /expected list or get/],
    ["data get", /say which data set/],
    ["data get ring", /built in and needs no download/],
    ["data get mnst", /no download called mnst/],
    ["resume nothing", /no run "nothing"/],
    ["resume run --steps 0", /--steps 0/],
    ["sample nothing", /no run "nothing"/],
    ["sample run -n 0", /-n 0: expected a whole number of at least 1/],
    ["sample run --out x.jpg", /the ending "\.jpg" is none of/],
    ["sample run --checkpoint 7", /7/],
    ["sample run --manifold 5", /manifold needs a picture model/],
    ["interpolate run --steps 1", /--steps 1: expected a whole number of at least 2/],
    ["reconstruct run", /gan does not reconstruct/],
  ])("imago %s", async (line, saying) => {
    expectSentence(await place.run(...line.split(" ")), saying);
  });
});

describe("in the file system", () => {
  test("a run folder under a file", async () => {
    writeFileSync(at("file"), "");
    const out = join("file", "run");
    expectSentence(
      await place.run("train", "gan", "--data", "ring", "--preset", "tiny", "--out", out),
      /file/,
    );
    expectSentence(await place.run("sample", "run", "--out", join("file", "x.png")), /file/);
  });

  test("a file system that is read-only, and one that is full", async (context) => {
    const disk = at("disk");
    mkdirSync(disk);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], { stdio: "ignore" });
    } catch {
      context.skip("only the superuser can mount a small disk");
    }
    try {
      const train = ["train", "gan", "--data", "ring", "--preset", "tiny", "--out", join(disk, "run")];
      const full = await place.run(...train);
      expect(full.stderr).toMatch(/^imago: [^\n]*the disk is full[^\n]*\n$/);
      expect(full.code).toBe(2);
      execFileSync("mount", ["-o", "remount,ro", disk]);
      expectSentence(await place.run(...train, "--overwrite"), /read-only/);
    } finally {
      execFileSync("umount", [disk]);
    }
  });
});

describe("in the data", () => {
  /** A picture in which no two rows are alike, so that a part of it is not the whole. */
  const picture = (side: number): Promise<Buffer> => {
    const pixels = Uint8Array.from({ length: 3 * side * side }, (_, i) => (i * i * 7919) >> 5);
    return sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
      .jpeg()
      .toBuffer();
  };
  const trainOn = (data: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> => {
    const flags = ["--preset", "tiny", "--size", "16", "--out", `on-${data}`, "--json"];
    return place.start(["train", "autoencoder", "--data", data, ...flags], { env }).ended;
  };
  /** Prints the most memory that the process ever held, in kilobytes, when it ends. */
  const reportMemory = "process.on('exit',()=>console.error(process.resourceUsage().maxRSS))";
  const warnings = ({ stdout }: Ended): unknown[] =>
    objects(stdout)
      .filter(({ type }) => type === "warning")
      .map(({ message }) => message);

  test("a folder without images", async () => {
    mkdirSync(at("empty"));
    writeFileSync(at("empty", "notes.txt"), "no picture");
    expectSentence(await trainOn("empty"), /empty/);
  });

  test("one truncated JPEG, a 1 × 1 picture and one of 30,000 × 30,000 among good ones", async () => {
    mkdirSync(at("photos"));
    const good = await picture(40);
    for (let i = 0; i < 12; i++) writeFileSync(at("photos", `good-${i}.jpg`), good);
    writeFileSync(at("photos", "cut.jpg"), good.subarray(0, good.length / 2));
    writeFileSync(at("photos", "dot.jpg"), await picture(1));
    writeFileSync(at("photos", "huge.png"), hugePng(30_000));
    const memory = `--import=data:text/javascript,${encodeURIComponent(reportMemory)}`;
    const ended = await trainOn("photos", { NODE_OPTIONS: memory });
    expect(ended.code).toBe(0);
    const peak = Math.max(...ended.stderr.trim().split("\n").map(Number));
    expect(peak).toBeLessThan(900e6 / 1000); // of its 900 million pixels at a byte each
    const [said, ...others] = warnings(ended);
    expect(said).toMatch(/^2 of 15 pictures .*cut\.jpg.*huge\.png/);
    expect(others).toEqual([]);
  });

  test("nothing but a truncated JPEG", async () => {
    mkdirSync(at("cut"));
    writeFileSync(at("cut", "cut.jpg"), (await picture(40)).subarray(0, 900));
    expectSentence(await trainOn("cut"), /cut/);
  });

  test("an IDX file whose header promises more than there is", async () => {
    const header = Buffer.from([0, 0, 8, 3, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 28, 0, 0, 0, 28]);
    writeFileSync(at("lying-idx3-ubyte"), Buffer.concat([header, Buffer.alloc(784)]));
    expectSentence(await trainOn("lying-idx3-ubyte"), /lying-idx3-ubyte/);
  });
});

describe("in a run", () => {
  const copy = (name: string): string => {
    cpSync(at("run"), at(name), { recursive: true });
    return at(name);
  };
  const everyCommand = [["sample"], ["resume", "--steps", "1000"], ["interpolate"], ["export"]];

  test("checkpoints whose headers promise more than there is", async () => {
    const folder = join(copy("lying"), "checkpoints");
    const [first, ...others] = readdirSync(folder).map((name) => join(folder, name));
    for (const file of [first!, ...others]) {
      const bytes = readFileSync(file);
      bytes.writeBigUInt64LE(2n ** 52n, 0);
      writeFileSync(file, bytes);
    }
    for (const [command, ...flags] of everyCommand) {
      expectSentence(await place.run(command!, "lying", ...flags), /checkpoint/);
    }
  });

  test("a manifest from another model", async () => {
    const file = join(copy("other"), "manifest.json");
    const manifest = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify({ ...manifest, model: { name: "vae" } }));
    for (const [command, ...flags] of everyCommand) {
      expectSentence(await place.run(command!, "other", ...flags), /vae/);
    }
  });

  test("a manifest that is none", async () => {
    writeFileSync(join(copy("broken"), "manifest.json"), "{");
    expectSentence(await place.run("sample", "broken"), /manifest\.json/);
  });

  test("a sentence leaves nothing behind", async () => {
    await place.run("sample", "lying", "--out", "new.png");
    await place.run("train", "gan", "--set", "x=y", "--out", "new");
    expect(["new.png", "new", "runs"].filter((name) => existsSync(at(name)))).toEqual([]);
  });
});
