/** How sure a classifier is, against how often it is right. */

/** Predictions of about equal confidence. */
export interface CalibrationBin {
  readonly count: number;
  /** Mean of the probability that was given to the predicted class. */
  readonly confidence: number;
  /** Share of right predictions. */
  readonly accuracy: number;
}

/** Predictions in `bins` bins of equal width of confidence in [0, 1]; empty bins are left out. */
export function calibrationOf(
  confidences: ArrayLike<number>,
  right: readonly boolean[],
  bins = 15,
): CalibrationBin[] {
  const members = Array.from({ length: bins }, () => [] as number[]);
  right.forEach((_, i) => void members[Math.min(bins - 1, Math.floor(confidences[i]! * bins))]!.push(i));
  return members
    .filter((own) => own.length > 0)
    .map((own) => ({
      count: own.length,
      confidence: own.reduce((sum, i) => sum + confidences[i]!, 0) / own.length,
      accuracy: own.filter((i) => right[i]).length / own.length,
    }));
}

/** Expected calibration error Σ n_b/n |accuracy − confidence| (Naeini et al. 2015; Guo et al. 2017, eq. 3). */
export function calibrationError(bins: readonly CalibrationBin[]): number {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  return bins.reduce((sum, b) => sum + (b.count / total) * Math.abs(b.accuracy - b.confidence), 0);
}
