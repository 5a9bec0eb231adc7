import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { builtInData } from "../../src/data/built-in.ts";
import { models } from "../../src/models/index.ts";
import { newWorkplace, objects, type Workplace } from "./run-cli.ts";

let place: Workplace;
beforeAll(() => {
  place = newWorkplace();
});
afterAll(() => place.remove());

describe("imago models", () => {
  test("lists every model of the registry, as lines and as objects", async () => {
    const { stdout } = await place.run("models");
    for (const { name, title, paper } of models) {
      const line = stdout.split("\n").find((row) => row.split(/ +/)[1] === name);
      expect(line).toContain(title);
      expect(line).toContain(paper);
    }
    const listed = objects((await place.run("models", "--json")).stdout);
    expect(listed.map(({ name }) => name)).toEqual(models.map(({ name }) => name));
    const vae = listed.find(({ name }) => name === "vae");
    expect(vae?.["capabilities"]).toEqual(["sample", "encode", "decode", "reconstruct", "bound"]);
  });

  test.each(models.map(({ name }) => name))("shows the options and presets of %s", async (name) => {
    const { code, stdout } = await place.run("models", name, "--json");
    expect(code).toBe(0);
    const [shown] = objects(stdout);
    const options = shown!["options"] as { name: string; default?: unknown; description: string }[];
    const definition = models.find((model) => model.name === name)!;
    const defaults = definition.options.parse({});
    expect(Object.fromEntries(options.map((o) => [o.name, o.default]))).toEqual(defaults);
    expect(options.filter((o) => o.description === "")).toEqual([]);
    expect((shown!["presets"] as { name: string }[]).map((p) => p.name)).toContain("small");
  });
});

describe("imago data", () => {
  test("lists what is built in, and what is missing and how to get it", async () => {
    const { stdout } = await place.run("data");
    for (const { name } of builtInData) expect(stdout).toMatch(new RegExp(`^${name} `, "m"));
    expect(stdout).toMatch(/^glyphs .* built in$/m);
    expect(stdout).toMatch(/^mnist .* not here: imago data get mnist$/m);
  });

  test("names the folder in which a download was found", async () => {
    const folder = join(place.folder, "found", "mnist");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "train-images-idx3-ubyte"), "");
    const env = { IMAGO_DATA: join(place.folder, "found") };
    const { stdout } = await place.start(["data", "--json"], { env }).ended;
    expect(objects(stdout).find(({ name }) => name === "mnist")?.["folder"]).toBe(folder);
  });
});

describe("imago doctor", () => {
  test("says what works and ends with 0 where the processor and the folders do", async () => {
    const { code, stdout } = await place.run("doctor", "--json");
    expect(code).toBe(0);
    const checks = objects(stdout);
    const states = Object.fromEntries(checks.map(({ name, state }) => [name, state]));
    expect(states).toMatchObject({ node: "good", sharp: "good", cache: "good", here: "good", cpu: "good" });
    expect(Object.keys(states)).toEqual(expect.arrayContaining(["cuda", "webgpu", "memory", "processor"]));
    const cpu = checks.find(({ name }) => name === "cpu")!["details"] as { gflops: number };
    expect(cpu.gflops).toBeGreaterThan(0);
  });

  test("ends with 1 where the cache folder cannot be made", async () => {
    const file = join(place.folder, "a-file");
    writeFileSync(file, "");
    const { code, stdout } = await place.start(["doctor"], { env: { IMAGO_CACHE: join(file, "cache") } })
      .ended;
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✗ cache .*cannot be written to/m);
  });
});
