import { element, latest, paint, type View } from "./dom.ts";
import type { Examples, Generator } from "./generator.ts";
import { linear, spherical } from "./latents.ts";

type Shape = readonly [number, number, number];

/** Pictures in a grid; a click chooses one as an end of the walk. */
export function createPictures(generator: Generator): View {
  const shape = generator.card.example.shape as Shape;
  const list = element<HTMLUListElement>("pictures");
  // Small pictures are shown three times as large as they are, large ones at most as wide as the page allows.
  list.style.setProperty("--cell", `${Math.min(256, Math.max(72, 3 * shape[2]))}px`);
  const walk = generator.hasLatents ? createWalk(generator, shape) : undefined;
  return {
    async show(seed, count) {
      const z = walk && (await generator.latents(seed, 0, count));
      const { data } = z ? await generator.generate(z) : await generator.sample(seed, 0, count);
      const buttons = Array.from({ length: count }, (_, i) => {
        const canvas = document.createElement("canvas");
        paint(canvas, data, shape, i);
        const button = document.createElement("button");
        button.type = "button";
        button.setAttribute("aria-label", `Picture ${i} of seed ${seed}`);
        button.append(canvas);
        if (walk) button.addEventListener("click", () => walk.choose(i));
        else button.disabled = true;
        return button;
      });
      list.replaceChildren(
        ...buttons.map((button) => {
          const item = document.createElement("li");
          item.append(button);
          return item;
        }),
      );
      if (z) walk?.begin(z, data, buttons);
    },
    sheet: () => sheetOf([...list.querySelectorAll("canvas")], shape),
  };
}

/** All pictures on one canvas, enlarged in whole steps. */
function sheetOf(canvases: readonly HTMLCanvasElement[], [, height, width]: Shape): HTMLCanvasElement {
  const scale = Math.max(1, Math.round(96 / Math.max(height, width)));
  const across = Math.ceil(Math.sqrt(canvases.length));
  const sheet = document.createElement("canvas");
  sheet.width = across * (width * scale + 1) + 1;
  sheet.height = Math.ceil(canvases.length / across) * (height * scale + 1) + 1;
  const context = sheet.getContext("2d")!;
  context.fillStyle = "#6e6e6e";
  context.fillRect(0, 0, sheet.width, sheet.height);
  context.imageSmoothingEnabled = false;
  canvases.forEach((canvas, i) => {
    const [x, y] = [
      (i % across) * (width * scale + 1) + 1,
      Math.floor(i / across) * (height * scale + 1) + 1,
    ];
    context.drawImage(canvas, x, y, width * scale, height * scale);
  });
  return sheet;
}

interface Walk {
  /** New pictures: the walk is between the first two. */
  begin(z: Examples, pictures: Float32Array, buttons: readonly HTMLButtonElement[]): void;
  /** Makes a picture the end of the walk that was chosen longer ago. */
  choose(index: number): void;
}

function createWalk(generator: Generator, shape: Shape): Walk {
  const place = element<HTMLInputElement>("place");
  const straight = element<HTMLInputElement>("straight");
  const between = element<HTMLCanvasElement>("between");
  const state = {
    z: new Float32Array(0),
    shape: [] as readonly number[],
    pictures: new Float32Array(0),
    buttons: [] as readonly HTMLButtonElement[],
    ends: [0, 0] as [number, number],
  };
  const latent = (i: number): Float32Array => {
    const size = state.z.length / state.buttons.length;
    return state.z.subarray(i * size, (i + 1) * size);
  };
  const update = latest(async () => {
    const [a, b] = state.ends;
    const t = Number(place.value);
    const z = (straight.checked ? linear : spherical)(latent(a), latent(b), t);
    const { data } = await generator.generate({ data: z, shape: [1, ...state.shape] });
    paint(between, data, shape, 0);
    element("between-name").textContent = `${Math.round(100 * t)} %`;
    document.body.dataset["walked"] = `${a} ${b} ${t}`;
  });
  const draw = (): void => {
    const [a, b] = state.ends;
    paint(element("from"), state.pictures, shape, a);
    paint(element("to"), state.pictures, shape, b);
    element("from-name").textContent = `picture ${a}`;
    element("to-name").textContent = `picture ${b}`;
    state.buttons.forEach((button, i) => {
      button.setAttribute("aria-pressed", String(i === a || i === b));
    });
    update();
  };
  for (const input of [place, straight]) input.addEventListener("input", update);
  return {
    begin(z, pictures, buttons) {
      const [, ...latentShape] = z.shape;
      Object.assign(state, {
        z: z.data,
        shape: latentShape,
        pictures,
        buttons,
        ends: [0, Math.min(1, buttons.length - 1)],
      });
      place.disabled = false;
      draw();
    },
    choose(index) {
      state.ends = [state.ends[1], index];
      draw();
    },
  };
}
