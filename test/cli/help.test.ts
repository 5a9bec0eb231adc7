import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import { newWorkplace, type Workplace } from "./run-cli.ts";

let place: Workplace;
beforeAll(() => {
  place = newWorkplace();
});
afterAll(() => place.remove());

describe("help", () => {
  test("imago alone and imago --help print the commands and examples", async () => {
    const { code, stdout, stderr } = await place.run("--help");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    await expect(stdout).toMatchFileSnapshot("help/imago.txt");
    expect(await place.run()).toEqual({ code: 0, stdout, stderr: "" });
  });

  // The files are in the repository: a change of the command line shows in review.
  test.each(commands.map(({ name }) => name))("imago %s --help", async (name) => {
    const { code, stdout, stderr } = await place.run(name, "--help");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    await expect(stdout).toMatchFileSnapshot(`help/${name}.txt`);
    expect(stdout.match(/^ {2}\$ imago /gm)?.length).toBeGreaterThanOrEqual(2);
  });

  test("imago help train is imago train --help", async () => {
    expect(await place.run("help", "train")).toEqual(await place.run("train", "--help"));
  });

  test("--version is the package's", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    expect(await place.run("--version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  // Why it answers at once: everything else is imported by the command that needs it.
  test("needs commander and nothing else of node_modules", () => {
    expect(packagesOf(fileURLToPath(new URL("../../src/cli/main.node.ts", import.meta.url)))).toEqual(
      new Set(["commander"]),
    );
  });
});

/** The packages that a source file and the files it imports statically import; types are not loaded. */
function packagesOf(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return new Set();
  seen.add(file);
  const source = readFileSync(file, "utf8");
  const names = [...source.matchAll(/^(?:import|export) (?!type )[^"]*?from "([^"]+)"/gm)].map((m) => m[1]!);
  const packages = names.filter((name) => !name.startsWith(".") && !name.startsWith("node:"));
  const files = names.filter((name) => name.startsWith(".")).map((name) => join(dirname(file), name));
  return new Set([...packages, ...files.flatMap((name) => [...packagesOf(name, seen)])]);
}
