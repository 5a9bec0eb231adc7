import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRuntime } from "../../src/index.ts";
import { callPage } from "./call-page.ts";
import { structuralErrors } from "./check-model.ts";
import { startChromium } from "./chromium.ts";
import { batchSizes, type Exported, examples, exportAll } from "./exported.ts";
import { describeWithChromium } from "./needs.ts";
import type { PlainInput, PlainOutputs } from "./page/run-onnx.ts";
import { disagreements } from "./reference.ts";
import type { PlainTensors } from "./results.ts";

const names = ["generator", "encoder", "transformer", "recurrent"];
const files = new Map<string, Exported>();
beforeAll(async () => {
  const runtime = createRuntime({ device: "cpu", seed: 1 });
  for (const file of await exportAll(runtime)) files.set(file.name, file);
  await runtime.dispose();
});

const inputsOf = (file: Exported): PlainInput[] =>
  batchSizes.map((count) => {
    const { data, shape } = examples(file, count);
    return { data: Array.from(data), shape };
  });

/** The outputs at each batch size from onnxruntime-node alone. */
async function runInNode(file: Exported): Promise<PlainOutputs[]> {
  const session = await InferenceSession.create(file.model);
  const results: PlainOutputs[] = [];
  for (const { data, shape } of inputsOf(file)) {
    const input = new Tensor("float32", Float32Array.from(data), [...shape]);
    const outputs = await session.run({ [session.inputNames[0]!]: input });
    results.push(
      Object.fromEntries(
        Object.entries(outputs).map(([name, y]) => [
          name,
          { data: Array.from(y.data as Float32Array), shape: [...y.dims] },
        ]),
      ),
    );
  }
  await session.release();
  return results;
}

/** The first `count` rows of every output. */
function rows(outputs: PlainOutputs, count: number): PlainTensors {
  return Object.fromEntries(
    Object.entries(outputs).map(
      ([
        name,
        {
          data,
          shape: [batch, ...rest],
        },
      ]) => {
        const size = (data.length / batch!) * count;
        return [name, { shape: [count, ...rest], data: data.slice(0, size), exact: false }];
      },
    ),
  );
}

/** Each batch gives each example what the largest batch of the reference gives it. */
function expectEqualRows(got: readonly PlainOutputs[], reference: PlainOutputs): void {
  batchSizes.forEach((count, i) => {
    expect(Object.values(got[i]!)[0]!.shape[0]).toBe(count);
    expect(disagreements(rows(got[i]!, count), rows(reference, count))).toEqual([]);
  });
}

describe.each(names)("the exported %s", (name) => {
  test("has the structure that ONNX asks for", () => {
    expect(structuralErrors(files.get(name)!.model)).toEqual([]);
  });

  test("gives equal rows at batch 1, 3 and 64 in Node", async () => {
    const results = await runInNode(files.get(name)!);
    expectEqualRows(results, results.at(-1)!);
  });
});

describeWithChromium("exported files in Chromium", () => {
  let browser: Awaited<ReturnType<typeof startChromium>>;
  let page: Awaited<ReturnType<typeof browser.open>>;
  beforeAll(async () => {
    browser = await startChromium();
    page = await browser.open();
  });
  afterAll(() => browser?.close());

  describe.each(["wasm", "webgpu"] as const)("%s", (device) => {
    test.each(names)("%s gives the rows that it gives in Node", async (name) => {
      const file = files.get(name)!;
      const reference = (await runInNode(file)).at(-1)!;
      expectEqualRows(await callPage(page, "runOnnx", device, [...file.model], inputsOf(file)), reference);
    });
  });
});

const python = spawnSync("python3", ["-c", "import onnx"]);
const hasChecker = python.status === 0;
if (!hasChecker) console.log("LEFT OUT: ONNX's own checker. To run it: python3 -m pip install onnx.");

test.skipIf(!hasChecker)("ONNX's own checker accepts every file", () => {
  const folder = mkdtempSync(join(tmpdir(), "imago-onnx-"));
  const paths = [...files.values()].map(({ name, model }) => {
    const path = join(folder, `${name}.onnx`);
    writeFileSync(path, model);
    return path;
  });
  const script = fileURLToPath(new URL("../golden/check_onnx.py", import.meta.url));
  const output = execFileSync("python3", [script, ...paths], { encoding: "utf8" });
  expect(output.trim().split("\n").length).toBe(paths.length);
  rmSync(folder, { recursive: true });
});
