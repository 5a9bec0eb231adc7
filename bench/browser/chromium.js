// @ts-check
/** Bundles the page as a user's bundler does, serves it, and opens it in Chromium. */
import { createReadStream, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { build } from "vite";

/** @type {Record<string, string>} */
const types = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };
const flags = ["--headless=new", "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-sync"];

/** Opens the page; `close` ends the browser and the server. */
export async function openPage() {
  const executablePath = findChromium();
  if (!executablePath) throw new Error("no Chromium: apt-get install chromium, or set IMAGO_CHROMIUM");
  const folder = mkdtempSync(join(tmpdir(), "imago-bench-"));
  await build({
    configFile: false,
    root: fileURLToPath(new URL(".", import.meta.url)),
    base: "./",
    logLevel: "error",
    build: { outDir: folder, emptyOutDir: true, target: "esnext", reportCompressedSize: false },
    worker: { format: "es" },
  });
  const server = await serve(folder);
  const browser = await chromium.launch({ executablePath, args: flags, timeout: 120_000 });
  const page = await browser.newPage();
  page.on("pageerror", (error) => console.error(`page: ${error.message}`));
  const address = server.address();
  await page.goto(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/index.html`);
  await page.waitForFunction(() => "bench" in globalThis);
  return {
    page,
    version: browser.version(),
    async close() {
      await browser.close();
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function findChromium() {
  const named = process.env["IMAGO_CHROMIUM"];
  if (named) return existsSync(named) ? named : undefined;
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders
    .flatMap((folder) => ["chromium", "chromium-browser"].map((name) => join(folder, name)))
    .find((file) => existsSync(file));
}

/** @param {string} folder @returns {Promise<import("node:http").Server>} */
async function serve(folder) {
  const server = createServer((request, response) => {
    const file = join(folder, normalize(new URL(request.url ?? "/", "http://localhost").pathname));
    if (!existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "Content-Type": types[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  return server;
}
