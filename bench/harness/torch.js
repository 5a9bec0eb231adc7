// @ts-check
/** The PyTorch process: started once, told what to do by JSON lines, idle while Imago runs. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** @typedef {{ version: string, prepare(request: object): Promise<void>, run(steps: number): Promise<{ ms: number[],
 *   result: number[] }>, release(): Promise<void>, close(): void }} Torch */

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
  let complaint = "";
  child.stderr.on("data", (chunk) => {
    complaint = (complaint + chunk).slice(-2000);
  });
  const lines = createInterface({ input: child.stdout });
  const replies = lines[Symbol.asyncIterator]();
  const missing = new Promise((resolve) => child.on("error", (error) => resolve(error.message)));

  const next = async () => {
    const { value, done } = await replies.next();
    if (done) throw new Error(complaint.trim().split("\n").at(-1) || "python3 stopped");
    const reply = JSON.parse(value);
    if (!reply.ok) throw new Error(`PyTorch: ${reply.error}`);
    return reply;
  };
  const ask = (/** @type {object} */ request) => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    return next();
  };

  try {
    const hello = await Promise.race([next(), missing]);
    if (typeof hello === "string") return hello;
    return {
      version: hello.version,
      prepare: async (request) => void (await ask({ do: "prepare", ...request })),
      run: (steps) => ask({ do: "run", steps }),
      release: async () => void (await ask({ do: "release" })),
      close: () => child.stdin.end(),
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
