/** What is being done, for a line of progress: `done` of `total` units (files, bytes) of the work called `stage`. */
export interface DataProgress {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
}
