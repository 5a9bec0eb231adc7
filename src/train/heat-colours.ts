/** Colours from dark to bright, evenly spaced: matplotlib's inferno, which grey printing and colour-blind eyes keep in order. */
const stops = [
  [0, 0, 4],
  [40, 11, 84],
  [101, 21, 110],
  [159, 42, 99],
  [212, 72, 66],
  [245, 125, 21],
  [250, 193, 39],
  [252, 255, 164],
] as const;

/** The colour of a share from 0 to 1, as red, green and blue from −1 to 1. */
export function heatColour(share: number): readonly [number, number, number] {
  const at = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const i = Math.min(stops.length - 2, Math.floor(at));
  const [a, b] = [stops[i]!, stops[i + 1]!];
  const mix = (c: 0 | 1 | 2): number => (a[c] + (at - i) * (b[c] - a[c])) / 127.5 - 1;
  return [mix(0), mix(1), mix(2)];
}

/** Maps [n, H, W] as pictures [n, 3, H, W], from 0 to `most`. */
export function heatPictures(
  { data, shape }: { readonly data: ArrayLike<number>; readonly shape: readonly number[] },
  most: number,
): { data: Float32Array; shape: number[] } {
  const [n, height, width] = shape as [number, number, number];
  const size = height * width;
  const out = new Float32Array(3 * n * size);
  for (let i = 0; i < n * size; i++) {
    const at = Math.floor(i / size) * 3 * size + (i % size);
    for (const [c, v] of heatColour(data[i]! / most).entries()) out[at + c * size] = v;
  }
  return { data: out, shape: [n, 3, height, width] };
}
