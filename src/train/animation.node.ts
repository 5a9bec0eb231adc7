import sharp from "sharp";

export interface AnimationOptions {
  /** ".webp" or ".gif". */
  readonly ending: string;
  /** How long each picture stays, milliseconds. */
  readonly delay: readonly number[];
}

/** Pictures of one size, each a PNG file, one after another for ever. */
export async function animationBytes(
  stills: readonly Uint8Array[],
  { ending, delay }: AnimationOptions,
): Promise<Uint8Array> {
  const joined = sharp(
    stills.map((still) => Buffer.from(still)),
    { join: { animated: true } },
  );
  const options = { delay: [...delay], loop: 0 };
  const made = ending === ".gif" ? joined.gif(options) : joined.webp({ ...options, lossless: true });
  return await made.toBuffer();
}
