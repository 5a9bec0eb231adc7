/** Pictures drawn pixel after pixel in raster order, from a network that gives each pixel's distribution. */
import {
  arange,
  concat,
  div,
  equal,
  gather,
  mul,
  narrow,
  permute,
  randint,
  reshape,
  type Shape,
  type StreamingPass,
  sub,
  type Tensor,
  where,
  zeros,
} from "../tensor/index.ts";
import { withStreaming } from "./streaming.ts";

export interface RasterSamplerOptions {
  /** Of a picture: [C, H, W]. */
  readonly shape: Shape;
  /** Parameters [n, P, H, W] of the pixels' distributions given those before them, from pictures and classes. */
  readonly network: (x: Tensor, y?: Tensor) => Tensor;
  /** Draws pixels [n, C, 1, 1] from their parameters [n, P, 1, 1]. */
  readonly draw: (parameters: Tensor) => Tensor;
  /** Colours that are drawn one after another, each given the others before it (default 1: all at once). */
  readonly colors?: number;
  /** Whether layers of the network see whole rows (default false): they are then evaluated once for each row. */
  readonly wholeRows?: boolean;
  /** Number of classes, where the pictures depend on one: drawn, all equally likely, where none is asked for. */
  readonly classes?: number | undefined;
  /** Keep what the network's layers need of the pixels before, so that nothing is computed twice; see streaming.ts. */
  readonly cached: boolean;
}

type State = { readonly [name: string]: Tensor };

export interface RasterStart {
  readonly n: number;
  readonly y?: Tensor;
  readonly given?: { readonly x: Tensor; readonly mask: Tensor };
}

export interface RasterSampler {
  readonly steps: number;
  init(start: RasterStart): State;
  step(state: State, i: Tensor): State;
  result(state: State): Tensor;
  /** Before each row but the first, where the network keeps anything of whole rows. */
  readonly between?: { readonly every: number; step(state: State, i: Tensor): State };
}

/** State of the network's layers is named so. */
const kept = "kept/";

/**
 * A sampler whose step draws one pixel of every picture, in raster order. Pixels that `given` names stay as they are. What is
 * not drawn yet is 0. With or without cache the same random sources are met in the same order.
 */
export function rasterSampler(options: RasterSamplerOptions): RasterSampler {
  const { shape, network, classes, cached } = options;
  const [channels, height, width] = shape as [number, number, number];
  const sizes = new Map<string, readonly [number, number]>();
  const pass = (state: State, changed: { [name: string]: Tensor }, at: PassAt): StreamingPass => ({
    ...{ count: state["x"]!.shape[0]!, size: [height, width], sizes, ...at },
    read: (name) => state[kept + name] ?? changed[kept + name]!,
    keep(name, value) {
      changed[kept + name] = value;
    },
  });
  const base = {
    steps: height * width,
    init({ n, y, given }: RasterStart): State {
      const none = zeros([n, channels, height, width]);
      const mask = given?.mask ?? none;
      const state: State = {
        ...{ x: given ? mul(given.x, mask) : none, mask, given: given?.x ?? none },
        ...(classes !== undefined && { y: y ?? randint(0, classes, [n]) }),
      };
      const opened: { [name: string]: Tensor } = {};
      const start = zeros([], "int32");
      const at: PassAt = { mode: "open", complete: false, row: start, column: start };
      if (cached) withStreaming(pass(state, opened, at), () => network(none, state["y"]));
      return { ...state, ...opened };
    },
    result: (state: State): Tensor => state["x"]!,
  };
  const rowStep = (state: State, i: Tensor): State => {
    const row = sub(div(i, width), 1);
    const changed: { [name: string]: Tensor } = {};
    const at: PassAt = { mode: "row", complete: true, row, column: zeros([], "int32") };
    const x = gather(state["x"]!, reshape(row, [1]), 2);
    withStreaming(pass(state, changed, at), () => network(x, state["y"]));
    return { ...state, ...changed };
  };
  if (!cached) return { ...base, step: (state, i) => ({ ...state, x: plainStep(options, state, i) }) };
  return {
    ...base,
    step(state, i) {
      const row = div(i, width);
      const column = sub(i, mul(row, width));
      const changed: { [name: string]: Tensor } = {};
      const at = (complete: boolean): PassAt => ({ mode: "pixel", complete, row, column });
      const evaluate = (pixel: Tensor, complete: boolean): Tensor =>
        withStreaming(pass(state, changed, at(complete)), () => network(toPart(pixel), state["y"]));
      const pixel = drawPixel(options, state, i, (partial) => fromPart(evaluate(partial, false)));
      evaluate(pixel, true);
      return { ...state, ...changed, x: withPixel(state["x"]!, i, pixel) };
    },
    ...(options.wholeRows && { between: { every: width, step: rowStep } }),
  };
}

type PassAt = Pick<StreamingPass, "mode" | "complete" | "row" | "column">;

/** One pixel of n pictures as a picture of its own: [n, C, 1, 1] → [1, C, 1, n], and back. */
const toPart = (pixel: Tensor): Tensor =>
  reshape(permute(reshape(pixel, pixel.shape.slice(0, 2)), [1, 0]), [1, pixel.shape[1]!, 1, pixel.shape[0]!]);
const fromPart = (part: Tensor): Tensor =>
  reshape(permute(reshape(part, [part.shape[1]!, part.shape[3]!]), [1, 0]), [
    part.shape[3]!,
    part.shape[1]!,
    1,
    1,
  ]);

/** The network on all of the picture, of which one pixel is used. */
function plainStep(options: RasterSamplerOptions, state: State, i: Tensor): Tensor {
  const x = state["x"]!;
  const pixel = drawPixel(options, state, i, (partial) =>
    pixelOf(options.network(withPixel(x, i, partial), state["y"]), i),
  );
  return withPixel(x, i, pixel);
}

/** Draws the colours of pixel i one after another, each from the parameters that `parametersOf` gives for those before it. */
function drawPixel(
  { draw, colors = 1 }: RasterSamplerOptions,
  state: State,
  i: Tensor,
  parametersOf: (partial: Tensor) => Tensor,
): Tensor {
  const [mask, given] = [pixelOf(state["mask"]!, i), pixelOf(state["given"]!, i)];
  const isGiven = mask.greater(0.5);
  let pixel = mul(given, mask);
  for (let color = 0; color < colors; color++) {
    const drawn = where(isGiven, given, draw(parametersOf(pixel)));
    const per = drawn.shape[1]! / colors;
    const own = narrow(drawn, 1, color * per, per);
    const rest = drawn.shape[1]! - (color + 1) * per;
    const done = color === 0 ? [own] : [narrow(pixel, 1, 0, color * per), own];
    pixel = concat(rest === 0 ? done : [...done, narrow(pixel, 1, (color + 1) * per, rest)], 1);
  }
  return pixel;
}

/** Pixel i of pictures [n, C, H, W]: [n, C, 1, 1]. */
function pixelOf(x: Tensor, i: Tensor): Tensor {
  const [n, channels, height, width] = x.shape as [number, number, number, number];
  return reshape(gather(reshape(x, [n, channels, height * width]), i, 2), [n, channels, 1, 1]);
}

/** The pictures with another pixel i. */
function withPixel(x: Tensor, i: Tensor, pixel: Tensor): Tensor {
  const [, , height, width] = x.shape as [number, number, number, number];
  const places = reshape(arange(0, height * width, 1, "int32"), [1, 1, height, width]);
  return where(equal(places, i), pixel, x);
}
