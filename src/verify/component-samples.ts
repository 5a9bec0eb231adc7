/** Samples of PCA with a density on the components: codes, and how far pictures made of them are from training digits. */
import type { Features } from "../metrics/index.ts";
import type { Examples } from "../train/latents.node.ts";
import type { OpenRun } from "../train/open-run.node.ts";
import { codesOf, fitted, meanOf, nearestDistances } from "./classical-measures.ts";
import type { Lab } from "./lab.node.ts";
import { neighborTest, rowsOf } from "./latent-measures.ts";

/** Codes drawn from the density. */
async function drawnCodes(lab: Lab, run: OpenRun, n: number): Promise<Examples> {
  const { prior } = run.model;
  const { data, shape } = await lab.compile(run, `${n} codes`, () => prior!(n))();
  return { data: Float32Array.from(data as Float32Array), shape };
}

/** Distances of 1,000 samples, and of as many held-out digits, from the nearest training digit: of grey values, none clipped. */
export async function distancesFromTraining(
  lab: Lab,
  run: OpenRun,
): Promise<{ readonly made: Float64Array; readonly held: Float64Array }> {
  const { train, test } = await lab.data("digits8");
  const [mean, components] = [await fitted(run, "pcakde/mean"), await fitted(run, "pcakde/components")];
  const d = mean.length;
  const z = rowsOf(await drawnCodes(lab, run, 1000));
  const lifted = Float32Array.from({ length: z.count * d }, (_, at) => {
    const [i, pixel] = [Math.floor(at / d), at % d];
    let value = mean[pixel]!;
    for (let j = 0; j < z.dimensions; j++)
      value += z.data[i * z.dimensions + j]! * components[j * d + pixel]!;
    return value;
  });
  const grey = (pixels: ArrayLike<number>): Features => ({
    data: Float64Array.from(pixels, (v) => v / 2),
    count: pixels.length / d,
    dimensions: d,
  });
  const known = grey(lab.examples(train, 5000).data);
  return {
    made: nearestDistances(grey(lifted), known),
    held: nearestDistances(grey(lab.examples(test!, 1000).data), known),
  };
}

/** How well a nearest neighbour tells codes of samples from those of held-out digits, ½ where they are alike: four times 1,000. */
export async function toldFromHeldOut(lab: Lab, run: OpenRun): Promise<number> {
  const [parts, n] = [4, 1000];
  const test = (await lab.data("digits8")).test!;
  const fake = await drawnCodes(lab, run, parts * n);
  const latent = fake.shape[1]!;
  const found: number[] = [];
  for (let part = 0; part < parts; part++) {
    const real = await codesOf(lab, run, lab.examples(test, n, part * n));
    const own = { data: fake.data.slice(part * n * latent, (part + 1) * n * latent), shape: [n, latent] };
    found.push(await neighborTest(lab, own, real));
  }
  return meanOf(found);
}
