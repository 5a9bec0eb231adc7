/** What cached sampling must show: specification E9. */
import { resolveOptions } from "../../models/options.ts";
import { findModel } from "../../models/registry.ts";
import type { Finding, ModelClaims } from "../claim.ts";
import { secondsPerPicture, withUntrained } from "../pixel-measures.ts";
import { cachedDifference } from "../pixel-models.ts";
import { flopsOfStep } from "../step-cost.ts";

const models = ["pixelcnn", "gated-pixelcnn", "pixelcnnpp"] as const;

/** Operations of a step for one of 16 pictures. */
function operations(name: string, side: number, cached: boolean): number {
  const definition = findModel(name);
  const spec = { kind: "image", shape: [1, side, side], levels: 2 } as const;
  const { sequential } = definition.build(resolveOptions(definition, "small"), spec);
  return flopsOfStep(sequential!({ temperature: 1, cached }), 16) / 16;
}

/** Operations of a plain step for those of a cached one; of the model that gains least, with each in the note. */
function savedOperations(side: number): { value: number; note: string } {
  const each = models.map((name) => {
    const cached = operations(name, side, true);
    return { name, cached, ratio: operations(name, side, false) / cached };
  });
  const text = each.map(
    ({ name, cached, ratio }) =>
      `${name} ${Math.round(cached / 1000)} thousand operations for a pixel, 1/${Math.round(ratio)}`,
  );
  return { value: Math.min(...each.map(({ ratio }) => ratio)), note: `${side}×${side}: ${text.join("; ")}.` };
}

/** Operations of a cached step at 28×28 for those at 14×14, of the model that grows most: its plain step grows at least fourfold. */
function growth(): Finding {
  const of = (name: string, cached: boolean): number =>
    operations(name, 28, cached) / operations(name, 14, cached);
  const growths = models.map((name) => ({ name, value: of(name, true) }));
  return {
    value: Math.max(...growths.map(({ value }) => value)),
    baseline: { name: "without cache, at least", value: Math.min(...models.map((name) => of(name, false))) },
    note: `${growths.map(({ name, value }) => `${name} ${value.toFixed(2)} times`).join(", ")}: PixelCNN++ halves 28×28 twice and 14×14 once, and so has more layers.`,
  };
}

/** Sequential models and two that draw in one go, milliseconds for one of 16 pictures 28×28. */
async function times(): Promise<{ value: number; note: string }> {
  const ms = (model: string, cached = true): Promise<number> =>
    withUntrained({ model, side: 28 }, async (built, runtime) => {
      const options = { n: 16, cached, tries: cached ? 3 : 1 };
      return 1000 * (await secondsPerPicture(built, runtime, options));
    });
  const [cached, plain] = [await ms("pixelcnn"), await ms("pixelcnn", false)];
  const [rnn, vae, gan] = [await ms("pixelrnn"), await ms("vae"), await ms("dcgan")];
  const shown = (v: number): string => String(Number(v.toPrecision(2)));
  return {
    value: plain / cached,
    note: `Milliseconds for a picture: PixelCNN ${shown(plain)}, cached ${shown(cached)}; PixelRNN row by row ${shown(rnn)}; VAE ${shown(vae)}; DCGAN ${shown(gan)}.`,
  };
}

export const claims: ModelClaims = {
  model: "fast-pixelcnn",
  title: "Cached sampling of PixelCNN, Gated PixelCNN and PixelCNN++",
  paper: "arXiv:1704.06001",
  claims: [
    {
      id: "cached-same",
      claim:
        "With the same random numbers, pictures 28×28 sampled with cache are those sampled without, for each of the three models.",
      unit: "largest difference of a pixel",
      atMost: 1e-5,
      threshold: "exact",
      need: "one seed",
      minutes: 2,
      async measure() {
        let value = 0;
        for (const model of models)
          value = Math.max(
            value,
            await withUntrained({ model, side: 28 }, (built, runtime) => cachedDifference(built, runtime, 4)),
          );
        return { value };
      },
    },
    {
      id: "operations-14",
      claim: "At 14×14 a step takes at most 1/40 of the operations, for each of the three models.",
      unit: "times fewer",
      atLeast: 40,
      threshold: "estimate",
      need: "one seed",
      minutes: 0.1,
      measure: async () => savedOperations(14),
    },
    {
      id: "operations-28",
      claim: "At 28×28 it is at most 1/150.",
      unit: "times fewer",
      atLeast: 150,
      threshold: "estimate",
      need: "one seed",
      minutes: 0.1,
      measure: async () => savedOperations(28),
    },
    {
      id: "operations-growth",
      claim:
        "With cache the work for a pixel hardly depends on how large the picture is: from 14×14 to 28×28 it grows at most 1.5 times, where it grows fourfold without.",
      unit: "times as many",
      atMost: 1.5,
      threshold: "estimate",
      need: "one seed",
      minutes: 0.1,
      measure: async () => growth(),
    },
    {
      id: "time-28",
      claim:
        "PixelCNN draws pictures 28×28 at least 20 times as fast with cache (small preset, 16 at a time).",
      unit: "times as fast",
      atLeast: 20,
      threshold: "estimate",
      need: "one seed",
      minutes: 1.5,
      measure: times,
    },
  ],
};
