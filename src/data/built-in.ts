import { type BinarySetName, binarySets } from "./binary/binary-sets.ts";
import type { Dataset } from "./dataset.ts";
import { type PointSetName, pointSets } from "./points/point-sets.ts";

/** A data set that is asked for by its name. */
export interface BuiltInData {
  readonly name: string;
  readonly title: string;
  readonly kind: Dataset["kind"];
  /** Whether it is computed here, at first use, or has to be downloaded once. */
  readonly source: "procedural" | "download";
  /** The download that it is made from, where that has another name. */
  readonly from?: string;
}

function points(name: PointSetName): BuiltInData {
  return { name, title: pointSets[name].title, kind: "points", source: "procedural" };
}

function binary(name: BinarySetName): BuiltInData {
  return { name, title: binarySets[name].title, kind: "image", source: "procedural" };
}

/** Everything that `loadData` knows by name. */
export const builtInData: readonly BuiltInData[] = [
  { name: "glyphs", title: "stroke-drawn digits 0–9", kind: "image", source: "procedural" },
  points("ring"),
  points("grid"),
  points("moons"),
  points("spiral"),
  points("rings"),
  points("checkerboard"),
  points("banana"),
  points("two-bumps"),
  binary("mesh"),
  binary("xor-mesh"),
  binary("blind-spot"),
  binary("bars-and-stripes"),
  {
    name: "shapes",
    title: "one coloured shape each, seven known factors",
    kind: "image",
    source: "procedural",
  },
  { name: "faces", title: "cartoon faces, eight known factors", kind: "image", source: "procedural" },
  { name: "two-ears", title: "a head, and an ear on either side", kind: "points", source: "procedural" },
  { name: "stacked-glyphs", title: "three glyphs in RGB, 1,000 modes", kind: "image", source: "procedural" },
  { name: "glyphs8", title: "glyphs at 8×8: 64 numbers each", kind: "image", source: "procedural" },
  { name: "mnist", title: "handwritten digits, 28×28 grey", kind: "image", source: "download" },
  {
    name: "binarized-mnist",
    title: "mnist in black and white, each pixel drawn once",
    kind: "image",
    source: "download",
    from: "mnist",
  },
  {
    name: "stacked-mnist",
    title: "three of mnist in RGB, 1,000 modes",
    kind: "image",
    source: "download",
    from: "mnist",
  },
  {
    name: "digits8",
    title: "mnist at 8×8: 64 numbers each",
    kind: "image",
    source: "download",
    from: "mnist",
  },
  { name: "fashion-mnist", title: "clothes, 28×28 grey", kind: "image", source: "download" },
  { name: "cifar10", title: "ten kinds of things, 32×32 colour", kind: "image", source: "download" },
];
