import { mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pruneFolder } from "./prune-folder.node.ts";

test("what was used longest ago goes, until the rest fits", async () => {
  const folder = mkdtempSync(join(tmpdir(), "imago-prune-"));
  try {
    for (const [name, age] of [
      ["old", 300],
      ["older", 400],
      ["new", 100],
      ["newer", 50],
    ] as const) {
      writeFileSync(join(folder, name), Buffer.alloc(10));
      utimesSync(join(folder, name), 1e9 - age, 1e9 - age);
    }
    await pruneFolder(folder, 30);
    expect(readdirSync(folder).sort()).toEqual(["new", "newer", "old"]);
    await pruneFolder(folder, 15);
    expect(readdirSync(folder)).toEqual(["newer"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("what others are writing, or have just moved away, is left alone", async () => {
  const folder = mkdtempSync(join(tmpdir(), "imago-prune-"));
  try {
    writeFileSync(join(folder, ".unfinished-a.json-1234"), Buffer.alloc(10));
    symlinkSync(join(folder, "gone"), join(folder, "listed")); // in the list of names, but not to be found
    writeFileSync(join(folder, "whole"), Buffer.alloc(10));
    await pruneFolder(folder, 5);
    expect(readdirSync(folder).sort()).toEqual([".unfinished-a.json-1234", "listed"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
