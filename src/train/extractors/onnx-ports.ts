/** What an ONNX file says of its inputs and outputs, held against a sidecar. */
import type { InferenceSession } from "onnxruntime-common";
import { UserError } from "../../tensor/index.ts";
import { type Sidecar, sidesOf } from "./sidecar.ts";

export type Ports = Pick<InferenceSession, "inputMetadata" | "outputMetadata">;
type Port = InferenceSession.ValueMetadata;

const dimsOf = (port: Port): readonly (number | string)[] => (port.isTensor ? port.shape : []);
const textOf = (port: Port): string =>
  `${port.isTensor ? port.type : "no tensor"}[${dimsOf(port).join(", ")}]`;

/**
 * Checks names, types and shapes, as far as the file tells them. Returns the batch size where the file fixes it.
 * Throws (UserError) with the sentence that says what to change.
 */
export function checkPorts(
  name: string,
  { inputMetadata: inputs, outputMetadata: outputs }: Ports,
  sidecar: Sidecar,
): number | undefined {
  const input = inputs.find((port) => port.name === sidecar.input);
  if (!input) {
    throw new UserError(
      `${name} has no input "${sidecar.input}", it has ${namesOf(inputs)}; correct "input" in its sidecar.`,
    );
  }
  const rest = inputs.filter((port) => port !== input);
  if (rest.length > 0) {
    throw new UserError(
      `${name} also wants ${namesOf(rest)}, expected pictures as its only input; export the part of the network that takes pictures.`,
    );
  }
  const { height, width } = sidesOf(sidecar);
  const { channels, layout } = sidecar;
  const wanted = layout === "NCHW" ? [channels, height, width] : [height, width, channels];
  const dims = dimsOf(input);
  const fits = dims.length === 4 && wanted.every((d, i) => open(dims[i + 1]!) || dims[i + 1] === d);
  if (!input.isTensor || input.type !== "float32" || !fits) {
    throw new UserError(
      `${name}: its input "${input.name}" is ${textOf(input)}, but its sidecar feeds float32[N, ${wanted.join(", ")}] (${layout}); correct size, channels or layout there, or export the network for float32 pictures.`,
    );
  }
  for (const output of [sidecar.features, sidecar.logits]) checkOutput(name, outputs, output);
  const batch = dims[0]!;
  return open(batch) ? undefined : (batch as number);
}

/** Free to choose: a symbol, or what files without one say instead. */
const open = (d: number | string): boolean => typeof d === "string" || d < 1;

function checkOutput(name: string, outputs: readonly Port[], wanted: string | undefined): void {
  if (wanted === undefined) return;
  const port = outputs.find((output) => output.name === wanted);
  if (!port) {
    throw new UserError(
      `${name} has no output "${wanted}", it has ${namesOf(outputs)}; correct "features" or "logits" in its sidecar.`,
    );
  }
  const dims = dimsOf(port);
  const flat = dims.length >= 2 && dims.slice(2).every((d) => open(d) || d === 1);
  // A shape of no axes at all is one that the file does not tell; the first run will show it.
  if (!port.isTensor || port.type !== "float32" || (dims.length > 0 && !flat)) {
    throw new UserError(
      `${name}: its output "${wanted}" is ${textOf(port)}, expected float32[N, d], a row of numbers for each picture; name another output in its sidecar, or export one.`,
    );
  }
}

const namesOf = (ports: readonly Port[]): string =>
  ports
    .slice(0, 8)
    .map((port) => `"${port.name}" ${textOf(port)}`)
    .join(", ") || "none";

/** A sidecar to begin with: what the file tells, and the usual for the rest. */
export function proposedSidecar({ inputMetadata: inputs, outputMetadata: outputs }: Ports): Sidecar {
  const dims = inputs[0] ? dimsOf(inputs[0]) : [];
  const colours = (d: number | string | undefined): boolean => d === 1 || d === 3;
  const last = !colours(dims[1]) && colours(dims[3]);
  const [channels, height, width] = last ? [dims[3], dims[1], dims[2]] : [dims[1], dims[2], dims[3]];
  const pixels = (d: number | string | undefined): number => (typeof d === "number" && d > 0 ? d : 224);
  const [h, w] = [pixels(height), pixels(width)];
  return {
    input: inputs[0]?.name ?? "images",
    size: h === w ? h : [h, w],
    channels: channels === 1 ? 1 : 3,
    layout: last ? "NHWC" : "NCHW",
    resize: "bicubic",
    range: [-1, 1],
    features: outputs[0]?.name ?? "features",
    ...(outputs[1] && { logits: outputs[1].name }),
  };
}
