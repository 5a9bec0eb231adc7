// @ts-check
/**
 * `node bench/metrics.js`: Fréchet distance and k-nearest-neighbour metrics by Imago and by the Python packages that people
 * use, on the same features, in turns, each in a process of its own so that its peak memory is known.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { writeFeatures } from "./metrics/features.js";

const usage = `node bench/metrics.js [options]
  --only NAMES       of fid, prdc; default both
  --fid N            examples on each side for the Fréchet distance (50000)
  --prdc N           examples on each side for precision, recall, density, coverage (10000)
  --dimensions N     numbers in a row of features (2048)
  --threads N        for both (2)
  --rounds N         turns; the fastest counts (1)
  --no-python        Imago alone
  --json FILE        every number`;

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "fid,prdc" },
    fid: { type: "string", default: "50000" },
    prdc: { type: "string", default: "10000" },
    dimensions: { type: "string", default: "2048" },
    threads: { type: "string", default: "2" },
    rounds: { type: "string", default: "1" },
    "no-python": { type: "boolean", default: false },
    json: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

/** What is timed: the ways of each, Imago first. */
const ways = { fid: ["imago", "sqrtm", "eigvals"], prdc: ["imago", "prdc"] };
const titles = {
  imago: "Imago",
  sqrtm: "NumPy + SciPy sqrtm, as pytorch-fid",
  eigvals: "NumPy + eigvals, as torch-fidelity",
  prdc: "prdc (scikit-learn)",
};

/** @typedef {{ seconds: Record<string, number>, total: number, value: Record<string, number>, peak: number }} Outcome */

if (values.help) console.log(usage);
else await bench();

async function bench() {
  const folder = await mkdtemp(join(tmpdir(), "imago-metrics-"));
  /** @type {{ metric: string, way: string, count: number, dimensions: number, outcomes: Outcome[] }[]} */
  const results = [];
  try {
    for (const metric of /** @type {("fid" | "prdc")[]} */ (values.only.split(",")))
      results.push(...(await compare(metric, folder)));
  } finally {
    await rm(folder, { recursive: true });
  }
  const { threads } = values;
  if (values.json)
    await writeFile(
      values.json,
      JSON.stringify({ date: new Date().toISOString(), threads, load: loadavg(), results }, null, 1),
    );
}

/** @param {"fid" | "prdc"} metric @param {string} folder */
async function compare(metric, folder) {
  const [count, dimensions] = [Number(values[metric]), Number(values.dimensions)];
  const files = [join(folder, "real"), join(folder, "fake")];
  for (const file of files) await writeFeatures(file, count, dimensions);
  const chosen = ways[metric].slice(0, values["no-python"] ? 1 : undefined);
  const results = chosen.map((way) => ({
    metric,
    way,
    count,
    dimensions,
    outcomes: /** @type {Outcome[]} */ ([]),
  }));
  console.log(
    `\n${metric}: ${count} × ${dimensions} on each side, ${values.threads} threads, load average ${loadavg()[0]?.toFixed(1)}`,
  );
  for (let round = 0; round < Number(values.rounds); round++)
    for (const { way, outcomes } of results) outcomes.push(await run(metric, way, files, count, dimensions));
  for (const { way, outcomes } of results) print(way, outcomes);
  return results;
}

/** @param {string} metric @param {string} way @param {string[]} files @param {number} count @param {number} dimensions @returns {Promise<Outcome>} */
async function run(metric, way, files, count, dimensions) {
  const script = way === "imago" ? "metrics/measure.js" : "reference/metrics.py";
  const program = way === "imago" ? [process.execPath] : ["python3", "-B"];
  const { threads } = values;
  const what = [metric, way, ...files, String(count), String(dimensions), threads];
  const child = spawn(
    program[0] ?? "",
    [...program.slice(1), fileURLToPath(new URL(script, import.meta.url)), ...what],
    {
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        ...process.env,
        OMP_NUM_THREADS: threads,
        OPENBLAS_NUM_THREADS: threads,
        MKL_NUM_THREADS: threads,
      },
    },
  );
  const failed = new Promise((_, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => code && reject(new Error(`${way} ended with code ${code}`)));
  });
  const answer = (async () => {
    for await (const line of createInterface({ input: child.stdout }))
      if (line.startsWith("{")) return JSON.parse(line);
    throw new Error(`${way} gave no numbers`);
  })();
  return await Promise.race([answer, /** @type {Promise<never>} */ (failed)]);
}

/** @param {string} way @param {Outcome[]} outcomes */
function print(way, outcomes) {
  const best = outcomes.reduce((a, b) => (b.total < a.total ? b : a));
  const stages = Object.entries(best.seconds).map(([name, s]) => `${name} ${s.toFixed(2)}`);
  const numbers = Object.entries(best.value).map(([name, v]) => `${name} ${v.toPrecision(8)}`);
  const peak = Math.max(...outcomes.map((o) => o.peak)) / 1e9;
  console.log(
    `${titles[/** @type {keyof typeof titles} */ (way)].padEnd(38)} ${best.total.toFixed(2).padStart(7)} s  peak ${peak.toFixed(2)} GB  (${stages.join(", ")})  ${numbers.join(", ")}`,
  );
}
