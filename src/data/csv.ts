import { UserError } from "../tensor/index.ts";

const separators = /[,;\s]+/;

/**
 * Points of the plane from text: two numbers on each line, separated by comma, semicolon, tab or spaces. Empty lines and lines
 * that begin with # are passed over, and so is a first line of words. Anything else is a UserError with its line.
 */
export function parsePoints(text: string, file: string): Float32Array {
  const values: number[] = [];
  let header = true;
  text.split(/\r\n|\n|\r/).forEach((raw, i) => {
    const line = raw.replace(/^\uFEFF/, "").trim();
    if (line === "" || line.startsWith("#")) return;
    const cells = line.split(separators);
    const numbers = cells.map(Number);
    const maybeHeader = header && numbers.every(Number.isNaN);
    header = false;
    if (maybeHeader) return;
    if (cells.length !== 2 || !numbers.every((v) => Number.isFinite(Math.fround(v))) || cells.includes("")) {
      const shown = line.length > 40 ? `${line.slice(0, 40)}…` : line;
      throw new UserError(`${file}, line ${i + 1}: got "${shown}", expected two numbers such as 0.5, -1.25.`);
    }
    values.push(...numbers);
  });
  if (values.length === 0) throw new UserError(`${file} has no points; expected two numbers on each line.`);
  return Float32Array.from(values);
}
