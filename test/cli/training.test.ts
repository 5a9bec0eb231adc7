/** The main job: train, sample, resume, export; Ctrl-C; what machines read; a model of the user's own. */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newWorkplace, objects, type Workplace } from "./run-cli.ts";

let place: Workplace;
const at = (...parts: string[]): string => join(place.folder, ...parts);
beforeAll(() => {
  place = newWorkplace();
});
afterAll(() => place.remove());

const tinyGan = ["train", "gan", "--data", "ring", "--preset", "tiny"];
const lastCheckpoint = (run: string): Buffer => {
  const folder = join(run, "checkpoints");
  return readFileSync(join(folder, readdirSync(folder).sort().at(-1)!));
};

describe("train → sample → resume → export", () => {
  test("in plain lines", async () => {
    const trained = await place.run("train", "dcgan", "--preset", "tiny", "--steps", "4");
    expect(trained).toMatchObject({ code: 0, stderr: "" });
    const run = join("runs", "dcgan-glyphs-0001");
    expect(trained.stdout).toContain(`dcgan on glyphs into ${run}\n`);
    expect(trained.stdout).toMatch(/^step 4\/4 .*D [\d.]+ .*G [\d.]+ .*examples\/s/m);
    expect(trained.stdout).not.toContain("\u001b");
    const sheet = /^ {2}samples {2}(.*)$/m.exec(trained.stdout)![1]!;
    expect((await sharp(at(sheet)).metadata()).format).toBe("png");
    for (const command of ["sample", "resume", "export"]) {
      expect(trained.stdout).toContain(`  imago ${command} ${run}`);
    }

    const sampled = await place.run("sample", "dcgan-glyphs-0001", "-n", "3", "--out", "three.npy");
    expect(sampled).toEqual({ code: 0, stdout: "three.npy (dcgan, step 4)\n", stderr: "" });
    expect(readFileSync(at("three.npy")).subarray(1, 6).toString()).toBe("NUMPY");

    const resumed = await place.run("resume", "dcgan-glyphs-0001", "--steps", "6");
    expect(resumed.code).toBe(0);
    expect(resumed.stdout).toContain("from step 4");
    expect(resumed.stdout).toContain("Done: 6 steps");

    const exported = await place.run("export", run, "--out", "page", "--license", "MIT");
    expect(exported.code).toBe(0);
    expect(readdirSync(at("page"))).toEqual(
      expect.arrayContaining(["generator.onnx", "discriminator.onnx", "card.json", "index.html"]),
    );
  });

  test("pictures of a model with an encoder", async () => {
    const trained = await place.run("train", "vae", "--preset", "tiny", "--set", "latent=2", "--out", "vae");
    expect(trained).toMatchObject({ code: 0, stderr: "" });
    for (const args of [
      ["reconstruct", "vae", "-n", "4", "--out", "pairs.png"],
      ["interpolate", "vae", "-n", "2", "--steps", "4", "--out", "walk.webp"],
      ["sample", "vae", "--manifold", "4", "--out", "manifold.png"],
      ["sample", "vae", "-n", "2", "--out", "two"],
    ]) {
      expect(await place.run(...args)).toMatchObject({ code: 0, stderr: "" });
    }
    expect((await sharp(at("walk.webp")).metadata()).pages).toBe(6); // 4 there, 2 back
    expect(readdirSync(at("two"))).toEqual(["0.png", "1.png"]);
    expect([existsSync(at("pairs.png")), existsSync(at("manifold.png"))]).toEqual([true, true]);
  });
});

describe("--json", () => {
  test("prints objects and nothing else, from start to done", async () => {
    const { code, stdout, stderr } = await place.run(...tinyGan, "--out", "json", "--json");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const events = objects(stdout);
    expect(events[0]).toMatchObject({ type: "start", model: "gan", data: "ring", device: "cpu", step: 0 });
    expect(events.at(-1)).toMatchObject({ type: "done", folder: at("json") });
    const types = new Set(events.map(({ type }) => type));
    expect(types).toEqual(new Set(["start", "sample", "step", "checkpoint", "done"]));
    const steps = events.filter(({ type }) => type === "step");
    expect(Object.keys(steps[0]!["losses"] as object)).toEqual(expect.arrayContaining(["D.loss", "G.loss"]));

    for (const command of ["sample", "interpolate", "export"]) {
      const made = await place.run(command, "json", "--json");
      expect(made.code).toBe(0);
      expect(objects(made.stdout)).toEqual([expect.objectContaining({ run: at("json") })]);
    }
  });
});

describe("Ctrl-C", () => {
  const endless = [
    ...tinyGan,
    "--steps",
    "1000000",
    "--checkpoint-every",
    "1000000",
    "--sample-every",
    "1000000",
  ];

  test("writes a checkpoint, says how to go on, and exits with 130", async () => {
    const running = place.start([...endless, "--out", "stopped"]);
    await running.printed("step 1/");
    running.child.kill("SIGINT");
    const { code, stdout, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toMatch(/^imago: stopping/);
    const step = Number(/^Stopped at step (\d+).*imago resume stopped$/m.exec(stdout)![1]);
    expect(step).toBeGreaterThanOrEqual(1);

    // Resumed for two more steps, it has the bytes of a run that was never stopped.
    const end = String(step + 2);
    expect((await place.run("resume", "stopped", "--steps", end)).code).toBe(0);
    expect((await place.run(...tinyGan, "--steps", end, "--out", "whole")).code).toBe(0);
    expect(lastCheckpoint(at("stopped")).equals(lastCheckpoint(at("whole")))).toBe(true);
  });

  test("ends a --json run with an object that says where", async () => {
    const running = place.start([...endless, "--out", "objects", "--json"]);
    await running.printed('"type":"step"');
    running.child.kill("SIGINT");
    const { code, stdout } = await running.ended;
    expect(code).toBe(130);
    const { type, checkpoint } = objects(stdout).at(-1)!;
    expect(type).toBe("interrupted");
    expect(existsSync(checkpoint as string)).toBe(true);
  });

  test("twice quits at once", async () => {
    const running = place.start([...endless, "--out", "twice"]);
    await running.printed("step 1/");
    running.child.kill("SIGINT");
    running.child.kill("SIGINT");
    expect((await running.ended).code).toBe(130);
  });

  test("who closes the pipe gets a checkpoint too, and no message", async () => {
    const running = place.start([...endless, "--out", "unread", "--log-every", "1"]);
    await running.printed("step 1/");
    running.child.stdout!.destroy();
    const { code, stderr } = await running.ended;
    expect({ code, stderr }).toEqual({ code: 130, stderr: "" });
    expect(lastCheckpoint(at("unread")).length).toBeGreaterThan(0);
  });
});

describe("a model of the user's own", () => {
  const checkout = fileURLToPath(new URL("../..", import.meta.url));
  // The one that the documentation shows.
  const source = /```js\n([\s\S]*?)```/.exec(
    readFileSync(join(checkout, "docs", "own-model.md"), "utf8"),
  )![1]!;
  const project = (name: string): string => {
    mkdirSync(at(name));
    writeFileSync(at(name, "my-model.js"), source);
    return join(name, "my-model.js");
  };

  test("trains where imago is installed in the project, and is found again by its run", async () => {
    const file = project("installed");
    mkdirSync(at("installed", "node_modules"));
    symlinkSync(checkout, at("installed", "node_modules", "imago"), "dir");
    symlinkSync(join(checkout, "node_modules", "zod"), at("installed", "node_modules", "zod"), "dir");
    const out = join("installed", "run");
    const trained = await place.run("train", `./${file}`, "--steps", "3", "--set", "width=8", "--out", out);
    expect(trained).toMatchObject({ code: 0, stderr: "" });
    const manifest = JSON.parse(readFileSync(at(out, "manifest.json"), "utf8"));
    expect(manifest.model).toMatchObject({ name: "my-gan", file: "../my-model.js" });
    expect(manifest.model.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(manifest.options).toEqual({ latent: 2, width: 8 });
    expect((await place.run("resume", out, "--steps", "5")).code).toBe(0);
    expect((await place.run("sample", out, "--out", "mine.png")).code).toBe(0);
  });

  test("trains where nothing is installed beside it, as with a global installation", async () => {
    const file = project("bare");
    const trained = await place.run("train", at(file), "--steps", "2", "--out", join("bare", "run"));
    expect(trained).toMatchObject({ code: 0, stderr: "" });
    expect((await place.run("models", `./${file}`)).stdout).toContain("my-gan: My GAN");
  });

  test("means the imago that runs it, also where another copy lies nearer", async () => {
    const file = project("other-copy");
    const copy = at("other-copy", "node_modules", "imago");
    mkdirSync(copy, { recursive: true });
    writeFileSync(join(copy, "package.json"), '{"name": "imago", "type": "module", "exports": "./index.js"}');
    writeFileSync(join(copy, "index.js"), 'throw new Error("the other copy was loaded");');
    const trained = await place.run("train", file, "--steps", "2", "--out", join("other-copy", "run"));
    expect(trained).toMatchObject({ code: 0, stderr: "" });
  });

  const good = [
    'import { z } from "zod";',
    "const good = {",
    '  name: "good", title: "Good", family: "adversarial", paper: "none", data: ["points"],',
    "  options: z.object({}), training: { batch: 4, steps: 1 }, build() {},",
    "};",
    "",
  ].join("\n");

  test.each([
    ["nothing", "export const a = 1;", /exports no model/],
    ["two", "const m = { name: 'm', build() {} }; export const a = m, b = { ...m };", /exports 2 models/],
    ["half", "export default { name: 'half', build() {} };", /its title is wrong/],
    [
      "options",
      "export default { ...good, options: { latent: 2 } };",
      /its options is wrong: expected a zod/,
    ],
    [
      "a mistake",
      "export default { ...good, build() { return none; } };",
      /a mistake\.mjs:7: none is not defined\./,
    ],
    ["syntax", "export default {", /cannot be imported: Unexpected/],
    ["missing", "import 'no-such-package'; export default {};", /Cannot find package 'no-such-package'/],
  ])("is refused in one sentence where it exports %s", async (name, text, saying) => {
    writeFileSync(at(`${name}.mjs`), `${good}\n${text}\n`);
    const { code, stderr, stdout } = await place.run("train", `./${name}.mjs`, "--data", "ring");
    expect(stderr).toMatch(/^imago: [^\n]+\.\n$/);
    expect(stderr).toMatch(saying);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });
});
