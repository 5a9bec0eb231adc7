/** Numbers as a person reads them. */

/** Three or four digits that matter: 0.0123, 1.234, 12.34, 123.4, 1234. */
export function rounded(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 1000 || Number.isInteger(value)) return value.toFixed(0);
  if (size >= 1) return value.toPrecision(4);
  return size < 1e-4 ? value.toExponential(1) : value.toFixed(4);
}

/** Seconds as 0:07, 12:30 or 1:02:30. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number): string => String(n).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** Bytes as 512 B, 1.2 kB, 34 MB, 5.6 GB: powers of 1000, as disks and downloads are sold. */
export function bytes(count: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = count < 1 ? 0 : Math.min(Math.floor(Math.log10(count) / 3), units.length - 1);
  const value = count / 1000 ** power;
  return `${power > 0 && value < 10 ? value.toFixed(1) : value.toFixed(0)} ${units[power]}`;
}

/** 1,234,567. */
export function grouped(count: number): string {
  return count.toLocaleString("en-US");
}

/** "1 file", "2 files". */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}
