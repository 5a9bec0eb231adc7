// @ts-check
/** One training step in a fresh process; prints a line when it is done. */
import { uniformData } from "../cases/data.js";
import { compile, createRuntime } from "../imago.js";
import { dcgan } from "../models/dcgan.js";
import { mlpGan } from "../models/mlp-gan.js";

const imported = performance.now(); // counts from the start of the process
const models = {
  dcgan: { step: () => dcgan(), x: () => uniformData([32, 3, 64, 64], -1, 1) },
  toy: {
    step: () => mlpGan({ latent: 2, hidden: [16, 16], features: 2 }),
    x: () => uniformData([150, 2], -1, 1),
  },
};
const { step, x } = models[/** @type {keyof typeof models} */ (process.argv[2])];
const runtime = createRuntime({ device: "cpu", seed: 1 });
const losses = await compile(step().step, { runtime, name: "step", training: true })(x());
console.log(JSON.stringify({ imported, losses: Object.values(losses).map(({ data }) => Number(data[0])) }));
await runtime.dispose();
