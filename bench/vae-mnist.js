// @ts-check
/**
 * `node bench/vae-mnist.js`: the configuration of PyTorch's VAE example – 784-400-20, Bernoulli pixels, Adam 1e-3, batches of
 * 128, ten epochs of MNIST – trained by Imago and by PyTorch, which take turns epoch by epoch. Prints the test −ELBO in nats per
 * picture and the time of either. IMAGO_DATA names the folder that has mnist/, with the four IDX files, gzipped or not.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { batchIndices } from "../dist/data/batches.js";
import { parseIdx } from "../dist/data/idx.js";
import { compile, createRuntime, minimize, resolveOptions, vae } from "./imago.js";

const { values } = parseArgs({
  options: {
    epochs: { type: "string", default: "10" },
    seeds: { type: "string", default: "2" },
    threads: { type: "string", default: String(availableParallelism()) },
    "no-torch": { type: "boolean", default: false },
  },
});
const [epochs, seeds, threads] = [Number(values.epochs), Number(values.seeds), Number(values.threads)];
const batch = 128;
const folder = join(process.env["IMAGO_DATA"] ?? ".", "mnist");
const files = { train: find("train-images-idx3-ubyte"), test: find("t10k-images-idx3-ubyte") };
const data = { train: pixels(files.train), test: pixels(files.test) };

/** @param {string} name */
function find(name) {
  const found = [name, `${name}.gz`].map((file) => join(folder, file)).find(existsSync);
  if (found) return found;
  console.error(`${folder} has no ${name}(.gz); set IMAGO_DATA to the folder that has mnist/.`);
  process.exit(2);
}

/** Grey values in [−1, 1], one picture after another. @param {string} file */
function pixels(file) {
  const bytes = readFileSync(file);
  const { data } = parseIdx(file.endsWith(".gz") ? gunzipSync(bytes) : bytes, file);
  return Float32Array.from(data, (byte) => byte / 127.5 - 1);
}

/** Steps in one call. */
const inARow = 16;

/** @typedef {{ data: Float32Array, shape: number[] }} Value */

/** One side of the comparison, ready to train. @param {number} seed */
async function startImago(seed) {
  const runtime = createRuntime({ device: "cpu", threads, seed });
  const model = vae.build(resolveOptions(vae), { kind: "image", shape: [1, 28, 28] });
  const [phase] = model.phases;
  if (!phase || !model.bound) throw new Error("the model has no phase or no bound");
  const { bound } = model;
  const train = compile(
    (/** @type {import("./imago.js").Tensor} */ x) => {
      const result = phase.loss({ x });
      const loss =
        "loss" in result && typeof result.loss !== "function"
          ? result.loss
          : /** @type {typeof x} */ (result);
      minimize(loss, phase.train, phase.optimizer);
      return loss;
    },
    { runtime, name: "train", training: true },
  );
  const measure = compile((/** @type {import("./imago.js").Tensor} */ x) => bound(x).mean(), {
    runtime,
    name: "test",
    training: false,
  });
  /** @returns {Value} */
  const rows = (/** @type {Float32Array} */ from, /** @type {ArrayLike<number>} */ indices) => {
    const x = new Float32Array(indices.length * 784);
    for (let i = 0; i < indices.length; i++) {
      const at = /** @type {number} */ (indices[i]) * 784;
      x.set(from.subarray(at, at + 784), i * 784);
    }
    return { data: x, shape: [indices.length, 1, 28, 28] };
  };

  let step = 0;
  const perEpoch = data.train.length / 784 / batch;
  return {
    /** @param {number} number */
    async epoch(number) {
      const [start, first] = [performance.now(), step];
      const last = Math.round(number * perEpoch);
      /** The minibatches of the coming steps. @returns {[Value][]} */
      const coming = () => {
        const count = Math.min(inARow, last - step);
        return Array.from({ length: count }, () => [
          rows(data.train, batchIndices(data.train.length / 784, batch, seed, step++)),
        ]);
      };
      let total = 0;
      for (let next = coming(); next.length > 0; ) {
        // As `imago train` does: several steps in one call, and the next minibatches are read while the device computes.
        const running = train.many(next);
        next = coming();
        for (const loss of await running) total += Number(loss.data[0]);
      }
      return { seconds: (performance.now() - start) / 1000, loss: total / (step - first) };
    },
    async test() {
      let total = 0;
      for (let at = 0; at < 10_000; at += 100) {
        const value = await measure(
          rows(
            data.test,
            Array.from({ length: 100 }, (_, i) => at + i),
          ),
        );
        total += Number(value.data[0]);
      }
      return { bound: total / 100 };
    },
    close: () => runtime.dispose(),
  };
}

/** The same in PyTorch, or a sentence that says why not. @param {number} seed */
async function startTorch(seed) {
  const script = fileURLToPath(new URL("reference/vae_mnist.py", import.meta.url));
  const flags = ["--seed", String(seed), "--threads", String(threads), "--batch", String(batch)];
  const child = spawn("python3", ["-B", script, files.train, files.test, ...flags], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  let complaint = "";
  child.stderr.on("data", (chunk) => {
    complaint = (complaint + chunk).slice(-2000);
  });
  const failed = new Promise((resolve) => child.on("error", (error) => resolve(error.message)));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    return done ? complaint.trim().split("\n").at(-1) : JSON.parse(value);
  };
  const hello = await Promise.race([next(), failed]);
  if (typeof hello === "string") return hello;
  const ask = (/** @type {object} */ request) => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    return next();
  };
  return {
    version: hello.version,
    epoch: () => ask({ do: "epoch" }),
    test: () => ask({ do: "test" }),
    close: () => void child.stdin.end(),
  };
}

console.log(
  `VAE 784-400-20 on MNIST, Bernoulli, Adam 1e-3, batch ${batch}, ${epochs} epochs, ${threads} thread(s) each`,
);
for (let seed = 1; seed <= seeds; seed++) {
  const torch = values["no-torch"] ? "left out" : await startTorch(seed);
  if (typeof torch === "string") console.log(`No PyTorch: ${torch}`);
  const sides = { imago: await startImago(seed), ...(typeof torch === "string" ? {} : { torch }) };
  const seconds = /** @type {Record<string, number>} */ ({});
  for (let epoch = 1; epoch <= epochs; epoch++) {
    for (const [name, side] of Object.entries(sides)) {
      const { seconds: took, loss } = await side.epoch(epoch);
      seconds[name] = (seconds[name] ?? 0) + took;
      console.log(`seed ${seed}, epoch ${epoch}: ${name} ${loss.toFixed(2)} nats, ${took.toFixed(2)} s`);
    }
  }
  for (const [name, side] of Object.entries(sides)) {
    const { bound } = await side.test();
    console.log(
      `seed ${seed}: ${name} test −ELBO ${(-bound).toFixed(2)} nats, ${seconds[name]?.toFixed(1)} s of training`,
    );
    await side.close();
  }
}
