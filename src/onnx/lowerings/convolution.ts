/** What the time of a convolution, its adjoint or its weight gradient depends on. */
import { type Geometry, geometryOf, type Shape, sizeOf, type Tensor } from "../../tensor/index.ts";
import { liveTaps } from "./live-taps.ts";

/**
 * Exact ways to compute one on the CPU: ONNX Runtime's own operation, products of gathered rows with channels last, or
 * ONNX Runtime's kernels for blocked channels, also between channels last. Of weight gradients those of few channels have a blocked
 * form, which takes the patches from such a kernel; where it is missing, rows are gathered.
 */
export const forms = ["direct", "gather", "blocked"] as const;
export type Form = (typeof forms)[number];

/** Milliseconds of each form; blocked where it exists. */
export type FormTimes = {
  readonly direct: number;
  readonly gather: number;
  readonly blocked?: number | undefined;
};

export type ConvolutionKind = "conv" | "convTranspose" | "convWeight";

/** The operands' sizes: of conv(x, w) = y, whichever of the three is computed from the other two. */
export interface Convolution {
  readonly kind: ConvolutionKind;
  readonly batch: number;
  readonly channels: number;
  readonly filters: number;
  /** Spatial sizes of x and of y. */
  readonly input: Shape;
  readonly output: Shape;
  readonly kernel: Shape;
  /** Taps of the kernel that are not masked away: how many, and which (flat positions) where not all are. */
  readonly taps: number;
  readonly live?: readonly number[] | undefined;
  readonly geometry: Geometry;
}

const kinds: ReadonlySet<string> = new Set<ConvolutionKind>(["conv", "convTranspose", "convWeight"]);

/** The description of a node of the family; undefined of any other. */
export function convolutionOf(t: Tensor): Convolution | undefined {
  if (!kinds.has(t.op.name)) return undefined;
  const kind = t.op.name as ConvolutionKind;
  const [a, b] = t.inputs as [Tensor, Tensor];
  const [x, w, y] = kind === "conv" ? [a, b, t] : kind === "convTranspose" ? [t, b, a] : [a, t, b];
  const geometry = geometryOf(t.attrs as unknown as Geometry);
  const kernel = w.shape.slice(2);
  return {
    ...{ kind, geometry, kernel, input: x.shape.slice(2), output: y.shape.slice(2) },
    ...{ batch: x.shape[0]!, channels: x.shape[1]!, filters: y.shape[1]! },
    ...{ live: liveTaps(t.attrs), taps: liveTaps(t.attrs)?.length ?? sizeOf(kernel) },
  };
}

/** Text that is equal for nodes that take equally long: "conv 32x64x32x32 → 128x16x16 k4x4 s2,2 p1,1,1,1 d1,1 g1 t16". */
export function signatureOf(node: Convolution): string {
  const { strides, pads, dilations, groups } = node.geometry;
  const sizes = `${[node.batch, node.channels, ...node.input].join("x")} → ${[node.filters, ...node.output].join("x")}`;
  return `${node.kind} ${sizes} k${node.kernel.join("x")} s${strides} p${pads} d${dilations} g${groups} t${node.taps}`;
}

/** Up to so many channels of y it is cheaper to gather those than the many of x. */
const fewFilters = 8;

/** Whether a weight gradient takes its patches from y, with the roles of x and y exchanged. */
export const exchangesRoles = ({ channels, filters, geometry }: Convolution): boolean =>
  filters < channels && filters <= fewFilters && geometry.strides.every((s) => s === 1);

/** Multiplications and additions. */
export const flopsOfConvolution = ({
  batch,
  channels,
  filters,
  output,
  taps,
  geometry,
}: Convolution): number => (2 * batch * filters * sizeOf(output) * channels * taps) / geometry.groups;
