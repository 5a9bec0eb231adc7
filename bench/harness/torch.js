// @ts-check
/** A PyTorch process: told what to do by JSON lines, idle while Imago runs. */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/**
 * @typedef {import("../imago.js").Value} Value
 * @typedef {import("../cases/case.js").Case} Case
 * @typedef {{ ms: number[], results: number[][] }} Made
 *
 * @typedef {object} Torch
 * @property {string} version
 * @property {(one: Case, name: string, how: { threads: number, compile: boolean }) => Promise<number[][]>} prepare
 *   Makes a step that goes by that name; the shapes of its parameters, in Imago's order of axes.
 * @property {(name: string, values: Value[]) => Promise<void>} load Gives the parameters these values.
 * @property {(name: string, steps: number) => Promise<Made>} run
 * @property {() => Promise<{ now?: number, peak?: number }>} memory Bytes.
 * @property {() => Promise<void>} release
 * @property {() => Promise<void>} close
 */

/** Without these, glibc hands large blocks back to the system and every new tensor is paged in again. */
const keepingMemory = { MALLOC_MMAP_THRESHOLD_: "1073741824", MALLOC_TRIM_THRESHOLD_: "4294967296" };

/**
 * Starts PyTorch, or says in one sentence why there is none.
 * @param {{ keepMemory: boolean }} options
 * @returns {Promise<Torch | string>}
 */
export async function startTorch({ keepMemory }) {
  const server = fileURLToPath(new URL("../reference/serve.py", import.meta.url));
  const child = spawn("python3", ["-B", server], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...(keepMemory && keepingMemory) },
  });
  const { ask, first } = conversation(child);
  let folder = "";
  try {
    const hello = await first;
    folder = await mkdtemp(join(tmpdir(), "imago-bench-"));
    return {
      version: hello.version,
      async prepare({ reference, inputs }, name, how) {
        const data = await writeAll(folder, Object.entries(inputs?.() ?? {}));
        return (await ask({ do: "prepare", name, case: reference, data, ...how })).shapes;
      },
      async load(name, values) {
        const written = await writeAll(
          folder,
          values.map((value, i) => [`parameter${i}`, value]),
        );
        await ask({ do: "load", name, values: Object.values(written) });
      },
      run: (name, steps) => ask({ do: "run", name, steps }),
      memory: () => ask({ do: "memory" }),
      release: async () => void (await ask({ do: "release" })),
      async close() {
        child.stdin.end();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * Questions and answers in turn; `first` is what the process says of itself.
 * @param {import("node:child_process").ChildProcessWithoutNullStreams} child
 */
function conversation(child) {
  let complaint = "";
  child.stderr.on("data", (chunk) => {
    complaint = (complaint + chunk).slice(-2000);
  });
  const replies = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const missing = new Promise((_, reject) => child.on("error", reject));
  child.stdin.on("error", () => {}); // a process that stopped is told of by its missing answer
  const next = async () => {
    const { value, done } = await replies.next();
    if (done) throw new Error(complaint.trim().split("\n").at(-1) || "python3 stopped");
    const reply = JSON.parse(value);
    if (!reply.ok) throw new Error(`PyTorch: ${reply.error}`);
    return reply;
  };
  return {
    first: Promise.race([next(), missing]),
    ask(/** @type {object} */ request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return next();
    },
  };
}

/**
 * Writes arrays as they are in memory and says where.
 * @param {string} folder @param {[name: string, value: Value][]} values
 */
async function writeAll(folder, values) {
  /** @type {{ [name: string]: { file: string, shape: readonly number[], type: "float32" | "int32" } }} */
  const written = {};
  for (const [name, { data, shape }] of values) {
    const file = join(folder, `${name}.bin`);
    const array = /** @type {Float32Array} */ (data);
    await writeFile(file, new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    written[name] = { file, shape, type: data instanceof Int32Array ? "int32" : "float32" };
  }
  return written;
}
