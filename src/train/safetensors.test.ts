import { describe, expect, it } from "vitest";
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from "./safetensors.ts";

const tensors = new Map<string, StoredTensor>([
  ["mask", { data: new Uint8Array([1, 0, 1]), shape: [3] }],
  ["w", { data: new Float32Array([1.5, Number.NaN, -0, 4]), shape: [2, 2] }],
  ["count", { data: new BigInt64Array([-(2n ** 62n)]), shape: [] }],
  ["labels", { data: new Int32Array([7, -7]), shape: [2] }],
  ["none", { data: new Float32Array(0), shape: [0, 3] }],
]);
const fileOf = (map: ReadonlyMap<string, StoredTensor>): Buffer =>
  Buffer.concat(encodeSafetensors(map, { step: "5" }));

describe("safetensors", () => {
  it("gives back every type and shape, and the text beside them", () => {
    const { tensors: read, metadata } = decodeSafetensors(fileOf(tensors), "file");
    expect(metadata).toEqual({ step: "5" });
    expect([...read.keys()].sort()).toEqual([...tensors.keys()].sort());
    for (const [name, tensor] of tensors) expect(read.get(name), name).toEqual(tensor);
  });

  it("gives equal bytes whatever the order of insertion, with the wide elements first", () => {
    const reversed = new Map([...tensors].reverse());
    expect(fileOf(reversed).equals(fileOf(tensors))).toBe(true);
    const bytes = fileOf(tensors);
    const header = JSON.parse(bytes.toString("utf8", 8, 8 + Number(bytes.readBigUInt64LE(0)))) as {
      [name: string]: { dtype: string; data_offsets: number[] };
    };
    expect(header["count"]).toEqual({ dtype: "I64", shape: [], data_offsets: [0, 8] });
    expect(header["mask"]!.data_offsets).toEqual([32, 35]);
  });

  it("reads from the middle of a larger buffer", () => {
    const padded = Buffer.concat([Buffer.alloc(3), fileOf(tensors), Buffer.alloc(5)]);
    const { tensors: read } = decodeSafetensors(padded.subarray(3, padded.length - 5), "file");
    expect(read.get("labels")).toEqual(tensors.get("labels"));
  });

  it.each([
    ["{}", /describes 0 bytes/],
    ["[]", /no JSON object/],
    ['{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,8]}}', /does not describe tensors/],
    ['{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}', /does not describe tensors/],
    ['{"a":{"dtype":"F32","shape":[1e9,1e9],"data_offsets":[0,4]}}', /does not fit its shape/],
    [
      '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
      /"b" at bytes 0 to 4/,
    ],
    ['{"__metadata__":{"step":5}}', /does not describe tensors/],
  ])("refuses the header %s", (header, reason) => {
    const text = Buffer.from(header);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    const file = Buffer.concat([length, text, Buffer.alloc(8)]);
    expect(() => decodeSafetensors(file, "file")).toThrow(reason);
  });
});
