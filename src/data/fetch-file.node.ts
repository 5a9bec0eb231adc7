import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as wait } from "node:timers/promises";
import { UserError } from "../tensor/index.ts";
import { isFileError, writingProblem } from "./file-problem.node.ts";

export interface FetchFileOptions {
  readonly bytes: number;
  readonly md5: string;
  /** Connections in a row that may break off without having brought anything new. Default 5. */
  readonly attempts?: number;
  /** Milliseconds before a new attempt, doubled for each one that brought nothing. Default 500. */
  readonly retryDelay?: number;
  /** Milliseconds without a byte after which a connection counts as broken. Default 30,000. */
  readonly idleLimit?: number;
  onProgress?(done: number, total: number): void;
}

const slack = 2 ** 20; // a file may differ from its published length by this much before its checksum is asked

/**
 * Fetches a file over HTTP into `target`, which appears only when it is whole and its MD5 is right. What has come before a
 * connection broke stays in `target`.part, and the next attempt, or the next call, asks for the rest (HTTP Range).
 */
export async function fetchFile(url: string, target: string, options: FetchFileOptions): Promise<void> {
  const part = `${target}.part`;
  try {
    await mkdir(dirname(target), { recursive: true });
    const resumed = (await lengthOf(part)) > 0;
    await fetchAll(url, part, options);
    if (resumed && (await md5Of(part)) !== options.md5) {
      // The beginning may be of another version of the file: once more from nothing.
      await rm(part, { force: true });
      await fetchAll(url, part, options);
    }
    const found = await md5Of(part);
    if (found !== options.md5) {
      await rm(part, { force: true });
      throw new UserError(
        `${url} has the MD5 ${found}, expected ${options.md5}: it is damaged or another file; try again, or another mirror.`,
      );
    }
    await rename(part, target);
  } catch (error) {
    throw writingProblem(error, target);
  }
}

async function fetchAll(url: string, part: string, options: FetchFileOptions): Promise<void> {
  const { attempts = 5, retryDelay = 500 } = options;
  let furthest = await lengthOf(part);
  for (let attempt = 1; ; attempt++) {
    try {
      return await fetchRest(url, part, options);
    } catch (error) {
      if (error instanceof UserError || isFileError(error)) throw error;
      const reached = await lengthOf(part);
      if (reached > furthest) [furthest, attempt] = [reached, 0];
      if (attempt >= attempts) {
        throw new UserError(
          `${url} could not be fetched (${reasonOf(error)}, ${attempts} times in a row); what has come is kept: run it again.`,
          { cause: error },
        );
      }
      if (retryDelay > 0) await wait(retryDelay * 2 ** attempt);
    }
  }
}

/** One connection: asks for what is missing of `part` and appends it. */
async function fetchRest(url: string, part: string, options: FetchFileOptions): Promise<void> {
  const { bytes, idleLimit = 30_000, onProgress } = options;
  const had = await lengthOf(part);
  const abort = new AbortController();
  let timer = setTimeout(() => abort.abort(), idleLimit);
  try {
    const headers = { "accept-encoding": "identity", ...(had > 0 ? { range: `bytes=${had}-` } : {}) };
    const response = await fetch(url, { signal: abort.signal, headers });
    if (response.status === 416) return await startOver(response, part, had);
    if (!response.ok) return refuse(url, response.status);
    const goesOn = response.status === 206 && contentStart(response) === had;
    if (response.status === 206 && !goesOn) throw new Error("the server sent another part of the file");
    let done = goesOn ? had : 0;
    const length = Number(response.headers.get("content-length"));
    const total = length > 0 ? done + length : bytes;
    // Chunk by chunk, so that everything that came before a connection broke is in the file.
    const out = await open(part, goesOn ? "a" : "w");
    try {
      for await (const chunk of bodyOf(response)) {
        clearTimeout(timer);
        timer = setTimeout(() => abort.abort(), idleLimit);
        done += chunk.length;
        if (done > bytes + slack) {
          throw new UserError(`${url} is longer than the ${bytes} bytes expected; try another mirror.`);
        }
        await out.writeFile(chunk);
        onProgress?.(done, total);
      }
    } finally {
      await out.close();
    }
    if (done < total && length > 0) throw new Error(`the connection ended after ${done} of ${total} bytes`);
  } finally {
    clearTimeout(timer);
  }
}

/** "Range not satisfiable": the part holds the whole file already, or is not a beginning of it. */
async function startOver(response: Response, part: string, had: number): Promise<void> {
  const whole = /\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1];
  await response.body?.cancel();
  if (Number(whole) === had) return;
  await rm(part, { force: true });
  throw new Error("the part that was there did not fit the file");
}

function refuse(url: string, status: number): never {
  const again = status === 408 || status === 429 || status >= 500;
  if (again) throw new Error(`the server answered ${status}`);
  throw new UserError(
    `${url} is not there (the server answered ${status}); set IMAGO_MIRROR to a place that has it.`,
  );
}

function bodyOf({ body }: Response): AsyncIterable<Uint8Array> {
  return body === null ? Readable.from([]) : Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]);
}

function contentStart(response: Response): number {
  return Number(/^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "")?.[1] ?? Number.NaN);
}

async function lengthOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}

async function md5Of(file: string): Promise<string> {
  const hash = createHash("md5");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error;
  if (name === "AbortError") return "no answer for too long";
  return cause instanceof Error
    ? ((cause as NodeJS.ErrnoException).code ?? cause.message) || message
    : message;
}
