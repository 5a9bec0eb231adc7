/** The largest part of the machine's memory that this process has ever taken, in bytes: its peak resident size. */
export function peakMemory(): number {
  return 1024 * process.resourceUsage().maxRSS;
}
