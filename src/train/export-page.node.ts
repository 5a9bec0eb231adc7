/** The page of an export: our compiled modules and ONNX Runtime's files, copied beside the model. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { atomicWrite } from "../data/atomic-write.node.ts";
import { UserError } from "../tensor/index.ts";

/** ONNX Runtime's files and their names here: many servers do not know that .mjs is JavaScript, and then it does not start. */
const onnxRuntimeFiles = {
  "ort.wasm.min.mjs": "ort.wasm.min.js",
  "ort-wasm-simd-threaded.mjs": "ort-wasm-simd-threaded.js",
  "ort-wasm-simd-threaded.wasm": "ort-wasm-simd-threaded.wasm",
} as const;

/** Copies what index.html needs into `folder`: page.js, imago/ and onnxruntime/. */
export async function writePageFiles(folder: string): Promise<void> {
  for (const [path, text] of await pageModules()) await atomicWrite(join(folder, path), text);
  const source = dirname(createRequire(import.meta.url).resolve("onnxruntime-web/wasm"));
  for (const [name, own] of Object.entries(onnxRuntimeFiles)) {
    const bytes = await readFile(join(source, name));
    // A map that is not here would be asked for by the developer tools.
    const lean = name.endsWith(".mjs") ? bytes.toString().replace(/^\/\/# sourceMappingURL=.*$/m, "") : bytes;
    await atomicWrite(join(folder, "onnxruntime", own), lean);
  }
  await atomicWrite(
    join(folder, "onnxruntime", "LICENSE.txt"),
    mit("Microsoft Corporation", "ONNX Runtime Web"),
  );
  await atomicWrite(
    join(folder, "imago", "LICENSE.txt"),
    mit("the authors of Imago", "The scripts in this folder"),
  );
}

/** The modules that page.js consists of, by their place in the folder, with their imports pointing there. */
async function pageModules(): Promise<Map<string, string>> {
  const root = compiledRoot();
  const modules = new Map<string, string>();
  const queue = [join(root, "export-page", "page.js")];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    const place = placeOf(relative(root, file));
    if (modules.has(place)) continue;
    const text = await readFile(file, "utf8");
    const from = file;
    modules.set(
      place,
      text.replace(/^((?:import|export)\b[^";]*\bfrom\s*)"([^"]+)"/gm, (_, before: string, name: string) => {
        if (name === "onnxruntime-web/wasm")
          return `${before}"${link(place, "onnxruntime/ort.wasm.min.js")}"`;
        const target = resolve(dirname(from), name);
        queue.push(target);
        return `${before}"${link(place, placeOf(relative(root, target)))}"`;
      }),
    );
  }
  return modules;
}

/** page.js lies beside index.html, all else in imago/. */
function placeOf(path: string): string {
  const [folder = "", ...rest] = path.split(/[\\/]/);
  const name = rest.join("/");
  if (folder === "export-page") return name === "page.js" ? name : `imago/${name}`;
  return `imago/${folder}/${name}`;
}

function link(from: string, to: string): string {
  const path = relative(dirname(from), to).replaceAll("\\", "/");
  return path.startsWith(".") ? path : `./${path}`;
}

/** The folder of Imago's compiled modules: our own parent, or dist/ where we run from the sources. */
function compiledRoot(): string {
  const own = fileURLToPath(new URL("..", import.meta.url));
  const root = import.meta.url.endsWith(".ts") ? join(own, "..", "dist") : own;
  if (existsSync(join(root, "export-page", "page.js"))) return root;
  throw new UserError(
    `export: the scripts of the page are missing in ${root}; build Imago first (npm run build).`,
  );
}

const mit = (owner: string, what: string): string => `${what}: MIT License

Copyright (c) ${owner}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`;
