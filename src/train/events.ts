/** What a training run says while it goes on; the command line prints it, the studio draws it. */

/** The run exists and its step is compiled. */
export interface StartEvent {
  readonly type: "start";
  readonly folder: string;
  readonly model: string;
  readonly data: string;
  readonly device: string;
  /** Why this device. */
  readonly reason: string;
  /** Number of trained numbers. */
  readonly parameters: number;
  /** The step it goes on from; 0 for a new run. */
  readonly step: number;
  /** The step it ends at, where that is known beforehand. */
  readonly steps?: number;
  readonly minutes?: number;
  readonly batch: number;
}

/** What is in memory during a step. */
export interface MemoryEvent {
  readonly type: "memory";
  /**
   * Bytes by kind: "parameters", "optimiser", "averages", "other state" (exact), "minibatches" and "random numbers" of one
   * step, and "activations", an estimate of what ONNX Runtime sets aside for the largest graph of the step, new state included.
   */
  readonly parts: readonly { readonly name: string; readonly bytes: number }[];
  /** Their sum. */
  readonly total: number;
  /** What is held at the peak, largest first: where one layer holds several results of one operation, as one entry. */
  readonly peak: readonly PeakEntry[];
}

export interface PeakEntry {
  readonly operation: string;
  /** The layer, such as "G/conv_1"; empty for derivatives, new state, and what a layer was rewritten to. */
  readonly scope: string;
  readonly count: number;
  readonly bytes: number;
}

/** Numbers of one logged step. */
export interface StepEvent {
  readonly type: "step";
  readonly step: number;
  readonly steps?: number;
  readonly epoch: number;
  /** "D.loss" and whatever else the phases log ("D.real"). */
  readonly losses: { readonly [name: string]: number };
  /** Global norm of each phase's gradients. */
  readonly gradNorms: { readonly [phase: string]: number };
  readonly examplesPerSecond: number;
  /** Seconds of training so far, over all sittings. */
  readonly seconds: number;
  /** Of these, seconds in which the device waited for data; absent where there are no minibatches. */
  readonly waiting?: number;
  /** Left to go, where it can be told. */
  readonly secondsLeft?: number;
}

/** A few times a second, for a line of progress: as a step, but logged nowhere. */
export interface ProgressEvent extends Omit<StepEvent, "type"> {
  readonly type: "progress";
}

/** A picture was written: samples, reconstructions, or points. */
export interface SampleEvent {
  readonly type: "sample";
  readonly step: number;
  readonly file: string;
}

export interface CheckpointEvent {
  readonly type: "checkpoint";
  readonly step: number;
  readonly file: string;
}

/** Something to know that does not stop the run. */
export interface WarningEvent {
  readonly type: "warning";
  readonly message: string;
}

/** Stopped on request, with a checkpoint. */
export interface InterruptedEvent {
  readonly type: "interrupted";
  readonly folder: string;
  readonly step: number;
  readonly checkpoint: string;
}

export interface DoneEvent {
  readonly type: "done";
  readonly folder: string;
  readonly step: number;
  /** Seconds of training, over all sittings. */
  readonly seconds: number;
  /** Of these, seconds in which the device waited for data; absent where there are no minibatches. */
  readonly waiting?: number;
  /** Peak resident size of this process, bytes. */
  readonly peakMemory: number;
  readonly losses: { readonly [name: string]: number };
  readonly checkpoint: string;
  /** The last sample sheet, where the model samples or reconstructs. */
  readonly sheet?: string;
  readonly report: string;
}

export type TrainEvent =
  | StartEvent
  | MemoryEvent
  | StepEvent
  | ProgressEvent
  | SampleEvent
  | CheckpointEvent
  | WarningEvent
  | InterruptedEvent
  | DoneEvent;
