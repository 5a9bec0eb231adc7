import { describe, expect, test } from "vitest";
import { z } from "zod";
import { closest } from "./closest.ts";
import { defineModel } from "./model.ts";
import { resolveOptions, resolveTraining } from "./options.ts";
import { findModel } from "./registry.ts";

const model = defineModel({
  name: "toy",
  title: "Toy",
  family: "classical",
  paper: "none",
  data: ["points"],
  options: z.object({
    latent: z.int().positive().default(8),
    rate: z.number().default(0.5),
    hidden: z.array(z.int().positive()).default([16]),
    kind: z.enum(["plain", "fancy"]).default("plain"),
    tied: z.boolean().default(false),
  }),
  training: { batch: 64, epochs: 10, ema: 0.9 },
  presets: {
    small: { options: { latent: 4 } },
    tiny: { options: { hidden: [2] }, training: { batch: 8, steps: 5 } },
  },
  build: () => ({ phases: [] }),
});

describe("options", () => {
  test("are the defaults, changed by the preset, changed by the user", () => {
    expect(resolveOptions(model)).toEqual({ latent: 4, rate: 0.5, hidden: [16], kind: "plain", tied: false });
    expect(resolveOptions(model, "tiny", { latent: 3 })).toMatchObject({ latent: 3, hidden: [2] });
    expect(resolveOptions(model, "paper")).toMatchObject({ latent: 8 });
  });

  test("from the command line are read as what the schema wants", () => {
    const given = { latent: "12", rate: "1e-3", hidden: "64,32", kind: "fancy", tied: "true" };
    const wanted = { latent: 12, rate: 0.001, hidden: [64, 32], kind: "fancy", tied: true };
    expect(resolveOptions(model, "small", given)).toEqual(wanted);
    expect(resolveOptions(model, "small", { hidden: "128" })).toMatchObject({ hidden: [128] });
    expect(resolveOptions(model, "small", { hidden: "[1, 2]" })).toMatchObject({ hidden: [1, 2] });
  });

  test("that do not exist or do not fit are named", () => {
    expect(() => resolveOptions(model, "small", { latnet: 3 })).toThrow(
      'toy: there is no option "latnet"; did you mean latent? its options are latent, rate, hidden, kind, tied.',
    );
    expect(() => resolveOptions(model, "small", { latent: "0" })).toThrow(
      /toy: the option latent cannot be "0": too small/,
    );
    expect(() => resolveOptions(model, "small", { latent: "many" })).toThrow(/expected number/);
    expect(() => resolveOptions(model, "small", { kind: "odd" })).toThrow(/expected one of "plain"\|"fancy"/);
    expect(() => resolveOptions(model, "small", { toString: "1" })).toThrow(/there is no option "toString"/);
  });

  test("a preset's length of training replaces the model's, the rest stays", () => {
    expect(resolveTraining(model)).toEqual({ batch: 64, epochs: 10, ema: 0.9 });
    expect(resolveTraining(model, "tiny")).toEqual({ batch: 8, steps: 5, ema: 0.9 });
  });
});

test("a model is found by its name, and a misspelt one is answered with what resembles it", () => {
  expect(findModel("dcgan").title).toBe("Deep convolutional GAN");
  expect(() => findModel("dgan")).toThrow('model "dgan" does not exist; did you mean gan or dcgan?');
  expect(() => findModel("stable-diffusion")).toThrow(
    /there are fvbn, nade, made, .*autoencoder.*gan, dcgan, classifier.*\./,
  );
});

test("closest names come first, and far ones not at all", () => {
  expect(closest("moon", ["ring", "moons", "mono"])).toEqual(["moons", "mono"]);
  expect(closest("MNIST", ["mnist"])).toEqual(["mnist"]);
  expect(closest("cifar", ["glyphs"])).toEqual([]);
});
