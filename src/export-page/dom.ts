/** What the parts of the page share. */
import { rgbaOf } from "./pixels.ts";

/** How a kind of data is shown: the page needs no more than this of it. */
export interface View {
  /** Makes and shows `count` examples of `seed`. */
  show(seed: number, count: number): Promise<void>;
  /** What is shown, on one canvas. */
  sheet(): HTMLCanvasElement;
}

export const element = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

/** A canvas of the picture's own size with picture number `index` on it. */
export function paint(
  canvas: HTMLCanvasElement,
  data: ArrayLike<number>,
  shape: readonly [number, number, number],
  index: number,
): void {
  const [, height, width] = shape;
  [canvas.width, canvas.height] = [width, height];
  canvas.getContext("2d")!.putImageData(new ImageData(rgbaOf(data, shape, index), width, height), 0, 0);
}

/** Runs `work` again and again until it has run with the latest wish; never twice at once. */
export function latest(work: () => Promise<void>): () => void {
  let [busy, again] = [false, false];
  return async () => {
    again = true;
    if (busy) return;
    busy = true;
    while (again) {
      again = false;
      await work().catch(report);
    }
    busy = false;
  };
}

export function report(error: unknown): void {
  const status = element("status");
  status.textContent = `That went wrong: ${error instanceof Error ? error.message : String(error)}.`;
  status.className = "wrong";
}
