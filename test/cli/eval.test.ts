/** imago eval and imago compare: of a run, of two sets of files, and every mistake that one can make there. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { npyBytes } from "../../src/train/output.node.ts";
import { type Ended, newWorkplace, objects, type Workplace } from "./run-cli.ts";

let place: Workplace;
const at = (...parts: string[]): string => join(place.folder, ...parts);

/** Numbers that look random and are always the same. */
const numbers = (count: number, shift = 0): Float32Array =>
  Float32Array.from(
    { length: count },
    (_, i) => Math.sin(12.9898 * (i + 1)) + Math.sin(78.233 * (i + 1)) + shift,
  );
const features = (name: string, rows: number, columns: number, shift = 0): void =>
  writeFileSync(at(name), npyBytes(numbers(rows * columns, shift), [rows, columns]));

async function pictures(folder: string, count: number, side: number): Promise<void> {
  mkdirSync(at(folder));
  for (let i = 0; i < count; i++) {
    const grey = Buffer.from(numbers(side * side, i / count).map((v) => Math.abs(v * 60) + i));
    await sharp(grey, { raw: { width: side, height: side, channels: 1 } })
      .png()
      .toFile(at(folder, `${i}.png`));
  }
}

beforeAll(async () => {
  place = newWorkplace();
  const ring = ["train", "gan", "--data", "ring", "--preset", "tiny", "--json"];
  for (const out of ["a", "b"]) expect(await place.run(...ring, "--out", out)).toMatchObject({ code: 0 });
  await pictures("small", 30, 8);
  await pictures("large", 30, 12);
  features("real.npy", 60, 4);
  features("fake.npy", 60, 4, 0.3);
  features("wide.npy", 60, 5);
  features("three.npy", 3, 4);
  const bad = numbers(240);
  bad[7] = Number.NaN;
  writeFileSync(at("nan.npy"), npyBytes(bad, [60, 4]));
});
afterAll(() => place.remove());

function expectSentence({ code, stdout, stderr }: Ended, saying: RegExp): void {
  expect(stderr).toMatch(/^imago: [^\n]+[.?]\n$/);
  expect(stderr).toMatch(saying);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
}

describe("imago eval", () => {
  test("measures what fits a run and writes it down", async () => {
    const ended = await place.run("eval", "a", "-n", "300", "--json");
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    const scores = objects(ended.stdout).filter(({ type }) => type === "score");
    const names = scores.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(["fid", "kid", "precision", "recall", "density", "coverage"]),
    );
    expect(names).toEqual(expect.arrayContaining(["modes", "high quality", "data-copying", "p energy"]));
    for (const score of scores) expect(score["protocol"]).toMatchObject({ convention: expect.any(String) });
    expect(existsSync(at("a", "eval.json"))).toBe(true);
    expect(readFileSync(at("a", "report.html"), "utf8")).toContain("real against real");
  });

  test("the same run, seed and number give the same scores", async () => {
    const twice = await Promise.all(
      [1, 2].map(() => place.run("eval", "b", "-n", "200", "--metrics", "fid,kid", "--json")),
    );
    const values = twice.map(({ stdout }) => objects(stdout).map(({ value }) => value));
    expect(values[0]).toEqual(values[1]);
    expect(values[0]!.length).toBeGreaterThan(2);
  });

  test("compares two files of features, and two folders of pictures", async () => {
    const ended = await place.run("eval", "--real", "real.npy", "--fake", "fake.npy", "--out", "scores.json");
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(ended.stdout).toMatch(/^ {2}fid +[\d.]+/m);
    expect(JSON.parse(readFileSync(at("scores.json"), "utf8")).scores.length).toBeGreaterThan(5);
    const folders = await place.run("eval", "--real", "small", "--fake", "large", "--size", "8");
    expect(folders).toMatchObject({ code: 0, stderr: "" });
    expectSentence(
      await place.run("eval", "--real", "real.npy", "--fake", "fake.npy", "--out", "scores.json"),
      /scores.json exists/,
    );
  });

  test.each<[string, RegExp]>([
    ["eval", /Name a run to evaluate, or two sets/],
    ["eval nowhere", /There is no run "nowhere"/],
    ["eval a --metrics fdi", /There is no metric fdi; did you mean fid/],
    ["eval a --metrics is", /needs class probabilities; name a classifier/],
    ["eval a --metrics elbo", /gan has no/],
    ["eval a --features nowhere", /nowhere/],
    ["eval a --real small --fake large", /Name either a run, or two sets/],
    ["eval a --out scores.json", /--out is for two sets/],
    ["eval --real small", /Name a run to evaluate, or two sets/],
    ["eval --real small --fake large", /scale both to one size by --size/],
    ["eval --real real.npy --fake small", /features and the other pictures/],
    ["eval --real real.npy --fake wide.npy", /4 features and generated ones 5/],
    ["eval --real real.npy --fake nan.npy", /NaN|not finite|finite/],
    ["eval --real real.npy --fake three.npy --metrics prdc", /at least|needs/],
    ["eval --real real.npy --fake fake.npy --features pixels", /hold features already/],
    ["eval --real real.npy --fake fake.npy --metrics log-likelihood", /need a model/],
    ["eval --real nowhere --fake small", /nowhere/],
    ["eval --real real.npy --fake fake.npy --out scores.txt", /ends in .json/],
    ["compare a", /at least two evaluations/],
    ["compare a nowhere", /There is no run "nowhere"/],
    ["compare a small/0.png", /There is no run/],
  ])("imago %s is answered by a sentence", async (line, saying) => {
    expectSentence(await place.run(...line.split(" ")), saying);
  });
});

describe("imago compare", () => {
  test("ranks runs, and refuses where the protocols differ", async () => {
    for (const run of ["a", "b"]) {
      expect(await place.run("eval", run, "-n", "250", "--metrics", "fid")).toMatchObject({
        code: 0,
        stderr: "",
      });
    }
    const equal = await place.run("compare", "a", "b", "--metrics", "fid");
    expect(equal.code).toBe(0);
    expect(equal.stdout).toMatch(/fid .*\*/);
    expect(await place.run("eval", "a", "-n", "260", "--metrics", "prdc")).toMatchObject({ code: 0 });
    expect(await place.run("eval", "b", "-n", "240", "--metrics", "prdc")).toMatchObject({ code: 0 });
    const other = await place.run("compare", "a", "b", "--metrics", "precision");
    expect(other.stdout).toContain("not ranked");
    expect(other.stdout).toMatch(/precision: a and b differ in real: \d+ and 240/);
    expectSentence(
      await place.run("compare", "a", "b", "--metrics", "nothing"),
      /None of them has a score nothing/,
    );
  });
});
