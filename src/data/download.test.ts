import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { downloadData } from "./download.node.ts";
import { type DownloadSource, downloadSources } from "./download-sources.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let root = "";
let server: Server;
let mirror = "";
let requests: { url: string; range?: string }[] = [];
let handler: Handler;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "imago-download-"));
  requests = [];
  server = createServer((request, response) => {
    const { range } = request.headers;
    requests.push({ url: request.url!, ...(range === undefined ? {} : { range }) });
    handler(request, response);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  rmSync(root, { recursive: true });
});

const content = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * 2_654_435_761) >>> 24));
const md5 = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("hex");
const source = (bytes: Uint8Array, name = "file.gz"): { [name: string]: DownloadSource } => ({
  toy: { home: "http://127.0.0.1:1/", files: [{ name, bytes: bytes.length, md5: md5(bytes) }] },
});
const get = (options: Partial<Parameters<typeof downloadData>[1]> = {}) =>
  downloadData("toy", { mirror, folder: root, sources: source(content), retryDelay: 0, ...options });
const target = (): string => join(root, "toy", "file.gz");

/** Serves `bytes` with ranges, as every web server does. */
const serve =
  (bytes: Buffer): Handler =>
  (request, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? -1);
    if (start >= bytes.length) {
      response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
    } else if (start >= 0) {
      const range = `bytes ${start}-${bytes.length - 1}/${bytes.length}`;
      response.writeHead(206, { "content-range": range, "content-length": bytes.length - start });
      response.end(bytes.subarray(start));
    } else {
      response.writeHead(200, { "content-length": bytes.length }).end(bytes);
    }
  };

/** Sends the length of the rest but only `sent` bytes of it, and drops the connection when the client has got them. */
function breakOff(
  bytes: Buffer,
  sent: number,
): { handler: Handler; onProgress: (p: { done: number }) => void } {
  let [got, drop] = [0, (): void => undefined];
  return {
    handler: (request, response) => {
      const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
      const range = `bytes ${start}-${bytes.length - 1}/${bytes.length}`;
      const headers = { "content-length": bytes.length - start, "content-range": range };
      got = Math.min(bytes.length, start + sent);
      drop = () => void response.destroy();
      response.writeHead(start > 0 ? 206 : 200, headers).write(bytes.subarray(start, got));
    },
    onProgress: ({ done }) => {
      if (done === got && done < bytes.length) drop();
    },
  };
}

test("fetches the files, with progress, and does not fetch them again", async () => {
  handler = serve(content);
  const seen: number[] = [];
  const folder = await get({
    onProgress: ({ stage, done, total }) => {
      expect([stage, total]).toEqual(["downloading file.gz", content.length]);
      seen.push(done);
    },
  });
  expect(folder).toBe(join(root, "toy"));
  expect(readFileSync(target()).equals(content)).toBe(true);
  expect(seen.at(-1)).toBe(content.length);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  await get();
  expect(requests).toEqual([{ url: "/toy/file.gz" }]);
});

test("a connection that breaks off again and again goes on where it was", async () => {
  const broken = breakOff(content, 40_000);
  handler = broken.handler;
  await get({ onProgress: broken.onProgress, attempts: 1 });
  expect(readFileSync(target()).equals(content)).toBe(true);
  expect(existsSync(`${target()}.part`)).toBe(false);
  const starts = requests.map(({ range }) => Number(/\d+/.exec(range ?? "0")![0]));
  expect(starts).toEqual(Array.from({ length: 8 }, (_, i) => 40_000 * i));
});

test("what has come stays after giving up, and the next call asks for the rest only", async () => {
  const broken = breakOff(content, 50_000);
  handler = (request, response) => {
    if (requests.length === 1) broken.handler(request, response);
    else response.destroy();
  };
  const tried = get({ attempts: 2, onProgress: broken.onProgress });
  await expect(tried).rejects.toThrow(/could not be fetched .* 2 times in a row.* is kept: run it again/);
  expect(requests).toHaveLength(3);
  expect(existsSync(target())).toBe(false);
  expect(readFileSync(`${target()}.part`).equals(content.subarray(0, 50_000))).toBe(true);
  [handler, requests] = [serve(content), []];
  await get();
  expect(requests).toEqual([{ url: "/toy/file.gz", range: "bytes=50000-" }]);
  expect(readFileSync(target()).equals(content)).toBe(true);
});

test("a server without ranges sends the whole file again", async () => {
  mkdirSync(join(root, "toy"));
  writeFileSync(`${target()}.part`, content.subarray(0, 1000));
  handler = (_, response) => response.writeHead(200).end(content);
  await get();
  expect(readFileSync(target()).equals(content)).toBe(true);
});

test("a beginning of another file is thrown away", async () => {
  for (const part of [
    Buffer.alloc(1000, 7),
    Buffer.alloc(content.length, 7),
    Buffer.alloc(2 * content.length),
  ]) {
    mkdirSync(join(root, "toy"), { recursive: true });
    writeFileSync(`${target()}.part`, part);
    handler = serve(content);
    await get();
    expect(readFileSync(target()).equals(content)).toBe(true);
    rmSync(target());
  }
});

test("a part that is the whole file already is taken as it is", async () => {
  mkdirSync(join(root, "toy"));
  writeFileSync(`${target()}.part`, content);
  handler = serve(content);
  await get();
  expect(readFileSync(target()).equals(content)).toBe(true);
  expect(requests).toHaveLength(1);
});

test("a wrong checksum leaves nothing behind and names both", async () => {
  const other = Buffer.from(content);
  other[5]! ^= 1;
  handler = serve(other);
  await expect(get()).rejects.toThrow(`has the MD5 ${md5(other)}, expected ${md5(content)}`);
  expect(existsSync(target())).toBe(false);
  expect(existsSync(`${target()}.part`)).toBe(false);
});

test("a file that does not end is cut off", async () => {
  handler = (_, response) => {
    response.writeHead(200);
    const more = (): void => void (response.destroyed || response.write(Buffer.alloc(2 ** 18), more));
    more();
  };
  await expect(get()).rejects.toThrow(/is longer than the 300000 bytes expected/);
});

test("a server that falls silent counts as broken", async () => {
  handler = (_, response) => void response.writeHead(200).write("x");
  await expect(get({ attempts: 2, idleLimit: 50 })).rejects.toThrow(
    /no answer for too long, 2 times in a row/,
  );
});

test.each([404, 403])("%i is not tried again", async (status) => {
  handler = (_, response) => response.writeHead(status).end();
  await expect(get()).rejects.toThrow(`the server answered ${status}`);
  expect(requests).toHaveLength(1);
});

test("503 is tried again", async () => {
  handler = (request, response) => {
    if (requests.length < 3) response.writeHead(503).end();
    else serve(content)(request, response);
  };
  await get();
  expect(requests).toHaveLength(3);
});

test("nobody there, an unknown name, a mirror that is no URL, a folder that is a file", async () => {
  await expect(get({ mirror: "http://127.0.0.1:1", attempts: 1 })).rejects.toThrow(/could not be fetched/);
  await expect(downloadData("imagenet")).rejects.toThrow(
    /no download called imagenet; expected one of mnist/,
  );
  await expect(downloadData("toString")).rejects.toThrow(/no download called toString/);
  await expect(get({ mirror: "nowhere" })).rejects.toThrow(/is no URL/);
  writeFileSync(join(root, "file"), "");
  await expect(get({ folder: join(root, "file") })).rejects.toThrow(
    /Cannot write .*: a part of the path is a file/,
  );
});

/** A tar archive of plain files. */
function tar(files: { [path: string]: Buffer }): Buffer {
  const blocks = Object.entries(files).flatMap(([path, bytes]) => {
    const header = Buffer.alloc(512);
    header.write(path, 0, "latin1");
    header.write("0000644\0", 100);
    header.write(`${bytes.length.toString(8).padStart(11, "0")}\0`, 124);
    header.fill(" ", 148, 156);
    header.write("0", 156);
    header.write("ustar\0", 257);
    const sum = header.reduce((a, b) => a + b, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

test("an archive is unpacked, its members keep inside the folder, and it is not kept", async () => {
  const archive = gzipSync(
    tar({
      "cifar/a.bin": Buffer.from("aaa"),
      "../../evil.sh": Buffer.from("x"),
      "cifar/b.bin": Buffer.alloc(1000, 98),
    }),
  );
  const sources = {
    toy: { ...source(archive, "toy.tar.gz")["toy"]!, unpack: ["a.bin", "b.bin"] },
  };
  handler = serve(archive);
  const folder = await get({ sources });
  expect(readFileSync(join(folder, "a.bin"), "utf8")).toBe("aaa");
  expect(readFileSync(join(folder, "b.bin")).length).toBe(1000);
  expect(existsSync(join(folder, "toy.tar.gz"))).toBe(false);
  expect(existsSync(join(root, "..", "evil.sh"))).toBe(false);
  await get({ sources });
  expect(requests).toHaveLength(1);
});

test("an archive that is damaged or lacks a member is refused", async () => {
  const good = tar({ "a.bin": Buffer.from("aaa") });
  const broken = Buffer.from(good);
  broken[124] = 0x37; // the size, without the checksum
  for (const [bytes, message] of [
    [broken, /is damaged at byte 0 \(tar\)/],
    [good, /has no b\.bin/],
  ] as const) {
    const archive = gzipSync(bytes);
    handler = serve(archive);
    const sources = { toy: { ...source(archive, "toy.tar.gz")["toy"]!, unpack: ["a.bin", "b.bin"] } };
    await expect(get({ sources })).rejects.toThrow(message);
    rmSync(join(root, "toy"), { recursive: true });
  }
});

test("the file by which a data set is found comes last", () => {
  expect(downloadSources.mnist.files.at(-1)!.name).toBe("train-images-idx3-ubyte.gz");
  expect(downloadSources["fashion-mnist"].files.at(-1)!.name).toBe("train-images-idx3-ubyte.gz");
  expect(downloadSources.cifar10.unpack.at(-1)).toBe("data_batch_1.bin");
});
