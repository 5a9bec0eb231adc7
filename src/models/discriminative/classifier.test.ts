import { afterAll, describe, expect, it } from "vitest";
import { trainableVariables } from "../../optim/index.ts";
import { compile, createRuntime } from "../../runtime/index.ts";
import { constant, read, sum, type Tensor } from "../../tensor/index.ts";
import { resolveOptions } from "../options.ts";
import { classifier } from "./classifier.ts";

const runtime = createRuntime({ device: "cpu", seed: 3 });
afterAll(() => runtime.dispose());

const image = { kind: "image", shape: [1, 8, 8], classes: 3 } as const;
const build = (options: object, spec: Parameters<typeof classifier.build>[1] = image) =>
  classifier.build(resolveOptions(classifier, "small", { ...options }), spec);

describe("the classifier", () => {
  it("says what to do where the data has no labels, or one class", () => {
    const { classes, ...unlabelled } = image;
    expect(() => build({}, unlabelled)).toThrow(/the data has no labels, .* one folder for each class/);
    expect(() => build({}, { ...image, classes: 1 })).toThrow(/one class only/);
    expect(() => build({ networks: "conv" }, { kind: "points", shape: [2], classes: 2 })).toThrow(
      /points have no pixels/,
    );
  });

  it.each(["softmax", "svm"])("%s minimises the fit and ½λ‖W‖² of its last layer", async (head) => {
    const decay = 0.25;
    const model = build({ head, decay, networks: "linear", dropout: 0 });
    const [phase] = model.phases;
    const f = compile(
      (x: Tensor) => {
        const { loss, fit } = phase!.loss({ x, y: constant(Int32Array.of(0, 2)) }) as {
          loss: Tensor;
          fit: Tensor;
        };
        const [W] = trainableVariables(phase!.train);
        return { loss, fit, norm: sum(read(W!).square()) };
      },
      { runtime: createRuntime({ device: "cpu", seed: 4 }), training: true },
    );
    const x = { data: new Float32Array(128).map((_, i) => Math.sin(i)), shape: [2, 1, 8, 8] };
    const { loss, fit, norm } = await f(x);
    expect(Number(loss.data[0])).toBeCloseTo(Number(fit.data[0]) + 0.5 * decay * Number(norm.data[0]), 5);
  });

  it("gives scores that are linear in its features", async () => {
    const model = build({ hidden: [5] });
    const f = compile((x: Tensor) => ({ h: model.features!(x), s: model.classify!(x) }), {
      runtime,
      training: false,
    });
    const x = { data: new Float32Array(64 * 4).map((_, i) => Math.cos(i * i)), shape: [4, 1, 8, 8] };
    const { h, s } = await f(x);
    expect([h.shape, s.shape]).toEqual([
      [4, 5],
      [4, 3],
    ]);
    const [W, b] = await Promise.all([runtime.get("top/dense_1/weight"), runtime.get("top/dense_1/bias")]);
    for (let n = 0; n < 4; n++)
      for (let k = 0; k < 3; k++) {
        let expected = Number(b.data[k]);
        for (let j = 0; j < 5; j++) expected += Number(h.data[n * 5 + j]) * Number(W.data[j * 3 + k]);
        expect(Number(s.data[n * 3 + k])).toBeCloseTo(expected, 5);
      }
  });
});
