// @ts-check
/**
 * `node bench/browser.js [--only gan,vae,realnvp] [--seconds 5] [--warmup 3] [--per-call 32] [--rounds 1] [--json FILE]`: training steps
 * per second of the 2-D toys in a Web Worker (WebAssembly, one thread), while the page draws 300 of the model's points in every frame.
 */
import { writeFile } from "node:fs/promises";
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { openPage } from "./browser/chromium.js";
import { toys } from "./browser/toys.js";
import { quantile } from "./harness/statistics.js";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: Object.keys(toys).join(",") },
    seconds: { type: "string", default: "5" },
    warmup: { type: "string", default: "3" },
    "per-call": { type: "string", default: "32" },
    rounds: { type: "string", default: "1" },
    json: { type: "string" },
  },
});
const how = {
  seconds: positive("seconds", values.seconds),
  warmup: positive("warmup", values.warmup),
  perCall: positive("per-call", values["per-call"]),
  points: 300,
};
const names = values.only.split(",");
for (const name of names)
  if (!toys[name]) throw new Error(`--only names ${name}, expected some of ${Object.keys(toys).join(", ")}.`);

const browser = await openPage();
console.log(`Chromium ${browser.version}, load average ${loadavg()[0]?.toFixed(1)}`);
console.log(row(["", "layers", "steps/s", "frames/s", "p95 frame", "worst frame"]));
const readings = [];
for (let round = 0; round < positive("rounds", values.rounds); round++)
  for (const name of names) {
    const reading = await measure(name);
    readings.push({ name, ...reading });
    const { steps, seconds, frames } = reading;
    const total = frames.reduce((sum, ms) => sum + ms, 0);
    console.log(
      row([
        name,
        toys[name]?.layers ?? "",
        (steps / seconds).toFixed(0),
        ((1000 * frames.length) / total).toFixed(1),
        `${quantile(frames, 0.95).toFixed(1)} ms`,
        `${Math.max(...frames).toFixed(1)} ms`,
      ]),
    );
  }
await browser.close();
if (values.json)
  await writeFile(values.json, JSON.stringify({ date: new Date().toISOString(), how, readings }, null, 1));

/** @param {string} name @returns {Promise<import("./browser/page.js").Reading>} */
function measure(name) {
  return browser.page.evaluate(
    ([toy, options]) => /** @type {any} */ (globalThis).bench.train(toy, options),
    /** @type {const} */ ([name, how]),
  );
}

/** @param {string[]} cells */
function row(cells) {
  return cells.map((cell, i) => (i < 2 ? cell.padEnd([8, 30][i] ?? 0) : cell.padStart(12))).join("");
}

/** @param {string} option @param {string} text */
function positive(option, text) {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${option} is ${text}, expected a positive number.`);
  return value;
}
