import { element, type View } from "./dom.ts";
import type { Generator } from "./generator.ts";

/** Points in the plane: their first two coordinates on one canvas. */
export function createScatter(generator: Generator): View {
  const canvas = element<HTMLCanvasElement>("scatter");
  // The frame stays where the first samples put it, so that seeds can be compared.
  let frame: { x: number; y: number; side: number } | undefined;
  return {
    async show(seed, count) {
      const { data } = await generator.sample(seed, 0, count);
      const dimensions = data.length / count;
      const points = Array.from({ length: count }, (_, i): [number, number] => [
        data[i * dimensions]!,
        dimensions > 1 ? data[i * dimensions + 1]! : 0,
      ]);
      frame ??= frameOf(points);
      const context = canvas.getContext("2d")!;
      const { width } = canvas;
      const colour = (name: string): string => getComputedStyle(document.body).getPropertyValue(name);
      context.globalAlpha = 1;
      context.fillStyle = colour("--raised");
      context.fillRect(0, 0, width, width);
      context.fillStyle = colour("--accent");
      context.globalAlpha = 0.55;
      for (const [x, y] of points) {
        context.beginPath();
        const [left, top] = [(x - frame.x) / frame.side, 1 - (y - frame.y) / frame.side];
        context.arc(left * width, top * width, 3.5, 0, 2 * Math.PI);
        context.fill();
      }
    },
    sheet: () => canvas,
  };
}

/** A square around the points, with a margin. */
function frameOf(points: readonly [number, number][]): { x: number; y: number; side: number } {
  const bounds = ([0, 1] as const).map((axis) => {
    const values = points.map((p) => p[axis]).sort((a, b) => a - b);
    return [values[0] ?? -1, values.at(-1) ?? 1] as const;
  });
  const [x, y] = bounds as [readonly [number, number], readonly [number, number]];
  const side = 1.2 * Math.max(x[1] - x[0], y[1] - y[0], 1e-6);
  return { x: (x[0] + x[1] - side) / 2, y: (y[0] + y[1] - side) / 2, side };
}
