/** Builds the test page from the sources, serves it, and opens it in Chromium. */
import { createReadStream, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { build, defaultClientConditions } from "vite";
import { findChromium } from "./find-chromium.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const onnxRuntime = fileURLToPath(new URL("../../node_modules/onnxruntime-web/dist/", import.meta.url));

const types: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

/** Headers that make a page cross-origin isolated, so that it may have threads. */
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

const flags = [
  "--headless=new",
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--js-flags=--expose-gc",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
  "--use-vulkan=swiftshader",
];

export interface TestBrowser {
  /** A fresh page with the functions of page.ts on `window.imago`. */
  open(): Promise<Page>;
  close(): Promise<void>;
}

export async function startChromium(): Promise<TestBrowser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error("no Chromium: apt-get install chromium, or set IMAGO_CHROMIUM");
  const folder = mkdtempSync(join(tmpdir(), "imago-page-"));
  await bundle(folder);
  const server = await serve(folder);
  const browser: Browser = await chromium.launch({ executablePath, headless: true, args: flags });
  const { port } = server.address() as AddressInfo;
  return {
    async open() {
      const page = await browser.newPage();
      page.on("pageerror", (error) => console.error(`page: ${error.message}`));
      await page.goto(`http://127.0.0.1:${port}/index.html`);
      await page.waitForFunction(() => "imago" in globalThis);
      return page;
    },
    async close() {
      await browser.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}

/** The page as a user's bundler makes it, except that Imago comes from the sources. */
async function bundle(outDir: string): Promise<void> {
  await build({
    configFile: false,
    root: join(here, "page"),
    base: "./",
    logLevel: "error",
    resolve: { conditions: ["imago-source", ...defaultClientConditions] },
    build: { outDir, emptyOutDir: true, target: "esnext", minify: false, reportCompressedSize: false },
    worker: { format: "es" },
  });
}

async function serve(folder: string): Promise<Server> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname);
    const file = path.startsWith("/ort/") ? join(onnxRuntime, path.slice(5)) : join(folder, path);
    send(file, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

function send(file: string, response: ServerResponse): void {
  if (!existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(404).end();
    return;
  }
  const type = types[extname(file)] ?? "application/octet-stream";
  response.writeHead(200, { "Content-Type": type, ...isolation });
  createReadStream(file).pipe(response);
}
