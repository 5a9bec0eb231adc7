import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const src = fileURLToPath(new URL("../../src", import.meta.url));

/** What each layer may import besides itself: the import direction is the architecture (docs/engine.md). */
const below: { readonly [layer: string]: readonly string[] } = {
  tensor: [],
  onnx: ["tensor"],
  runtime: ["onnx", "tensor"],
  nn: ["tensor"],
  math: ["tensor"],
  optim: ["tensor"],
  models: ["nn", "math", "optim", "tensor"],
  data: ["tensor"],
  metrics: ["math", "nn", "optim", "runtime", "tensor", "data"],
  "export-page": ["tensor"],
  verify: [
    "train",
    "export-page",
    "onnx",
    "models",
    "metrics",
    "runtime",
    "data",
    "optim",
    "nn",
    "math",
    "tensor",
  ],
  train: ["export-page", "models", "runtime", "data", "metrics", "optim", "nn", "math", "onnx", "tensor"],
};
/** Layers that must run unchanged in a browser, outside files named *.node.ts. */
const platformNeutral = [
  "tensor",
  "export-page",
  "onnx",
  "runtime",
  "nn",
  "math",
  "optim",
  "models",
  "metrics",
  "data",
];

const native = ["onnxruntime-node", "koffi"];

const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((f) => /\.ts$/.test(f));
const sources = files.filter((f) => !f.endsWith(".test.ts"));
const imports = (file: string): string[] =>
  [...readFileSync(join(src, file), "utf8").matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((m) => m[1]!);

describe("the import direction", () => {
  it("finds the layers it is to check", () => {
    expect(sources.length).toBeGreaterThan(80);
  });

  it.each(Object.keys(below))("%s imports only what lies below it", (layer) => {
    const up = sources
      .filter((f) => f.startsWith(`${layer}/`))
      .flatMap((f) =>
        imports(f)
          .filter((name) => name.startsWith("."))
          .map((name) => ({ file: f, target: relative(src, join(src, f, "..", name)).split("/")[0]! })),
      )
      .filter(({ target }) => target !== layer && !below[layer]!.includes(target));
    expect(up).toEqual([]);
  });

  it("keeps node: and what is native out of everything that runs in a browser", () => {
    const wrong = sources
      .filter((f) => platformNeutral.includes(f.split("/")[0]!) && !f.endsWith(".node.ts"))
      .filter((f) => imports(f).some((name) => name.startsWith("node:") || native.includes(name)));
    expect(wrong).toEqual([]);
  });
});
