// @ts-check
/** `npm run bench`: Imago and PyTorch taking turns on one machine. See README.md. */
import { writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { allCases, peakCase, select } from "./cases/index.js";
import { compare } from "./harness/compare.js";
import { profile } from "./harness/profile.js";
import { heading, line } from "./harness/table.js";
import { startTorch } from "./harness/torch.js";
import { createRuntime } from "./imago.js";
import { readOptions, usage } from "./options.js";

/** @typedef {import("./harness/compare.js").Outcome} Outcome */

const { options, cases } = understand();
const inspecting = options.profile || options.saveOnnx !== undefined;

if (options.help) console.log(usage);
else if (options.list) console.log(cases.map((c) => `${c.group}: ${c.name}`).join("\n"));
else await bench();

/** The options and the cases they select; what cannot be understood is answered in a sentence. */
function understand() {
  try {
    const options = readOptions(process.argv.slice(2));
    return { options, cases: select(allCases(), options.only) };
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
}

async function bench() {
  const torch = options.torch ? await startTorch(options) : "left out";
  const { node } = process.versions;
  const how = `Node ${node}, ${options.threads} thread(s) each, ${options.rounds} rounds, load average ${loadavg()[0]?.toFixed(1)}`;
  console.log(`${cpus()[0]?.model ?? "unknown processor"}, ${how}`);
  console.log(typeof torch === "string" ? `No PyTorch: ${torch}` : `PyTorch ${torch.version}`);
  const peer = typeof torch === "string" ? undefined : torch;
  try {
    const outcomes = await runAll(peer);
    if (options.json) await writeFile(options.json, JSON.stringify(report(outcomes, peer?.version), null, 1));
    if (peer) console.log("\nratio: Imago's median / PyTorch's; below 1 Imago is faster");
  } finally {
    peer?.close();
  }
}

/** @param {import("./harness/torch.js").Torch | undefined} torch */
async function runAll(torch) {
  const outcomes = /** @type {Outcome[]} */ ([]);
  const peak = cases.some((c) => c.group === "conv") ? await measurePeak(torch) : undefined;
  let group = "";
  for (const one of cases) {
    if (one.group !== group && !inspecting) console.log(heading(one.group));
    group = one.group;
    const runtime = newRuntime();
    try {
      if (inspecting) await profile(one, runtime, options);
      else {
        const outcome = await compare(one, runtime, torch, options);
        outcomes.push(outcome);
        console.log(line(outcome, peak));
      }
    } catch (error) {
      process.exitCode = 1;
      console.log(`${one.name}: failed, ${error instanceof Error ? error.message : error}`);
    } finally {
      await runtime.dispose().catch(() => {}); // where it never started, the failure has been told
    }
  }
  return outcomes;
}

/** GFLOP/s of the largest matrix product: what the convolutions are held against. @param {import("./harness/torch.js").Torch | undefined} torch */
async function measurePeak(torch) {
  if (inspecting) return undefined;
  const runtime = newRuntime();
  const { flops = 0, imago } = await compare(peakCase(), runtime, torch, options);
  await runtime.dispose();
  const peak = flops / imago.summary.median / 1e6;
  console.log(`peak: ${peak.toFixed(0)} GFLOP/s (matmul 1024)`);
  return peak;
}

/** One per case: a device's threads and memory end with it. */
function newRuntime() {
  return createRuntime({ device: /** @type {"cpu"} */ (options.device), threads: options.threads, seed: 1 });
}

/** @param {Outcome[]} outcomes @param {string | undefined} torch */
function report(outcomes, torch) {
  const { node, v8 } = process.versions;
  return {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    load: loadavg(),
    node,
    v8,
    torch,
    torchKeepsMemory: options.keepMemory,
    threads: options.threads,
    rounds: options.rounds,
    outcomes,
  };
}
