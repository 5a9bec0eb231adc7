// @ts-check
/**
 * A process for kill.test.ts to kill: begins a tiny run in a folder, or goes on with the one that is there, and prints its
 * events. With CRASH_AT=n it kills itself at its n-th file operation, in the middle of it where that is a write.
 */
import { existsSync } from "node:fs";
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

const [folder = "", crashAt = "0"] = process.argv.slice(2);
if (Number(crashAt) > 0) crashAtOperation(Number(crashAt));

const { train, resume } = await import("../../dist/train/train.node.js");
const { loadData } = await import("../../dist/data/load-data.node.js");
const { findModel } = await import("../../dist/models/registry.js");

const resuming = existsSync(`${folder}/manifest.json`);
const events = resuming
  ? resume({ run: folder })
  : train({
      definition: findModel("gan"),
      data: { spec: "ring", splits: await loadData("ring") },
      preset: "tiny",
      steps: 400,
      logEvery: 5,
      sampleEvery: 100,
      checkpointEvery: 10,
      ema: 0.9,
      device: "cpu",
      threads: 1,
      out: folder,
      overwrite: true,
    });
for await (const event of events) process.stdout.write(`${JSON.stringify(event)}\n`);

/** @param {number} n */
function crashAtOperation(n) {
  let operations = 0;
  const die = () => process.kill(process.pid, "SIGKILL");
  const { open, rename, rm } = fs;
  const due = () => ++operations === n;
  /** @param {fs.FileHandle} handle */
  const watched = (handle) => {
    const { writeFile, appendFile, sync } = handle;
    /** @param {typeof writeFile} write @returns {typeof writeFile} */
    const halfway = (write) => async (content, options) => {
      if (!due()) return write.call(handle, content, options);
      const bytes = Buffer.from(/** @type {string} */ (content));
      await write.call(handle, bytes.subarray(0, bytes.length >> 1));
      die();
    };
    handle.writeFile = halfway(writeFile);
    handle.appendFile = halfway(appendFile);
    handle.sync = async () => (due() ? die() : sync.call(handle));
    return handle;
  };
  Object.assign(fs, {
    open: async (/** @type {Parameters<typeof open>} */ ...args) => watched(await open(...args)),
    rename: async (/** @type {Parameters<typeof rename>} */ ...args) => (due() ? die() : rename(...args)),
    rm: async (/** @type {Parameters<typeof rm>} */ ...args) => (due() ? die() : rm(...args)),
  });
  syncBuiltinESMExports();
}
