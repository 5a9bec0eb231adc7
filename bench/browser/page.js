// @ts-check
/** Trains a toy in a worker while the page draws points, and counts steps and frames. */
import { createRuntime } from "../imago.js";
import { prepare, toys } from "./toys.js";

/** @typedef {{ warmup: number, seconds: number, perCall: number, points: number }} How */
/** @typedef {{ steps: number, seconds: number, losses: number[], frames: number[] }} Reading frames: milliseconds of each */

/** Trains one toy for the warm-up and then for as long as it is timed. @param {string} name @param {How} how */
async function train(name, { warmup, seconds, perCall, points }) {
  const toy = toys[name];
  if (!toy) throw new Error(`there is no toy ${name}`);
  const runtime = createRuntime({
    device: "wasm",
    threads: 1,
    seed: 1,
    browser: { worker: () => new Worker(new URL("./worker.js", import.meta.url), { type: "module" }) },
  });
  const { run, sample } = await prepare(toy, runtime);
  const drawing = animate(() => sample(points));
  await steps(run, perCall, warmup);
  drawing.restart();
  const { count, elapsed, losses } = await steps(run, perCall, seconds);
  const frames = await drawing.stop();
  await runtime.dispose();
  return { steps: count, seconds: elapsed, losses, frames };
}

/**
 * Makes steps for so many seconds. One call is always waiting behind the one that runs, so that the worker has the next numbers at once.
 * @param {(n: number) => Promise<number[]>} run @param {number} perCall @param {number} seconds
 */
async function steps(run, perCall, seconds) {
  const start = performance.now();
  let waiting = run(perCall);
  let calls = 1;
  while (performance.now() - start < seconds * 1000) {
    const next = run(perCall);
    await waiting;
    waiting = next;
    calls++;
  }
  const losses = await waiting;
  return { count: calls * perCall, elapsed: (performance.now() - start) / 1000, losses };
}

/**
 * Draws the newest points in every frame and asks for new ones, and keeps the time that each frame took.
 * @param {() => Promise<{ data: ArrayLike<number | bigint> }>} sample
 */
function animate(sample) {
  const canvas = document.querySelector("canvas");
  const context = canvas?.getContext("2d");
  if (!canvas || !context) throw new Error("the page has no canvas");
  /** @type {ArrayLike<number | bigint>} */
  let points = [];
  let asked = false;
  let going = true;
  /** @type {Promise<void>} */
  let answer = Promise.resolve();
  let last = 0;
  /** @type {number[]} */
  let frames = [];
  const frame = (/** @type {number} */ now) => {
    if (last > 0) frames.push(now - last);
    last = now;
    context.clearRect(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < points.length; i += 2)
      context.fillRect(200 + 70 * Number(points[i]), 200 - 70 * Number(points[i + 1]), 3, 3);
    if (!asked && going) {
      asked = true;
      answer = sample().then(({ data }) => {
        points = data;
        asked = false;
      });
    }
    if (going) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  return {
    restart() {
      frames = [];
    },
    async stop() {
      going = false;
      await answer;
      return frames;
    },
  };
}

Object.assign(globalThis, { bench: { train } });
