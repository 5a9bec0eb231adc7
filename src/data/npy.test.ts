import { zipSync } from "fflate";
import { expect, test } from "vitest";
import { parseNpy } from "./npy.ts";
import { parseNpz } from "./npz.ts";

/** A .npy file as NumPy writes it: the header padded with spaces to a multiple of 64 and ended by a line feed. */
function npy(header: string, data: Uint8Array, version = 1): Uint8Array {
  const start = version === 1 ? 10 : 12;
  const padded = `${header.padEnd(64 * Math.ceil((start + header.length + 1) / 64) - start - 1)}\n`;
  const out = new Uint8Array(start + padded.length + data.length);
  out.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  const view = new DataView(out.buffer);
  if (version === 1) view.setUint16(8, padded.length, true);
  else view.setUint32(8, padded.length, true);
  out.set(new TextEncoder().encode(padded), start);
  out.set(data, start + padded.length);
  return out;
}

const head = (descr: string, shape: string, fortran = "False"): string =>
  `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`;
const floats = new Uint8Array(Float32Array.of(1, -2, 3.5, 4).buffer);

test.each([1, 2, 3])("reads version %i", (version) => {
  const { shape, values } = parseNpy(npy(head("<f4", "(2, 2)"), floats, version), "a.npy");
  expect(shape).toEqual([2, 2]);
  expect(values).toEqual(Float32Array.of(1, -2, 3.5, 4));
});

test("reads vectors, bytes, float64 and int64", () => {
  expect(parseNpy(npy(head("|u1", "(3,)"), Uint8Array.of(1, 2, 3)), "a").shape).toEqual([3]);
  const doubles = new Uint8Array(Float64Array.of(0.1).buffer);
  expect(parseNpy(npy(head("<f8", "(1, 1)"), doubles), "a").values).toEqual(Float64Array.of(0.1));
  const longs = new Uint8Array(BigInt64Array.of(7n).buffer);
  expect(parseNpy(npy(head("<i8", "(1,)"), longs), "a").values).toEqual(BigInt64Array.of(7n));
});

test.each([
  ["another file", new TextEncoder().encode("hello, this is text"), /does not begin as a \.npy file/],
  ["nothing but the magic", npy("", floats).slice(0, 6), /does not begin as a \.npy file/],
  ["a header longer than the file", npy(head("<f4", "(2, 2)"), floats).slice(0, 40), /claims a header of/],
  [
    "a header of 4 GiB",
    (() => {
      const bytes = npy(head("<f4", "(2, 2)"), floats, 2);
      new DataView(bytes.buffer).setUint32(8, 2 ** 32 - 1, true);
      return bytes;
    })(),
    /claims a header of 4294967295 bytes/,
  ],
  ["a shape larger than the data", npy(head("<f4", "(9000000000, 9000000000)"), floats), /claims an array/],
  ["a shape smaller than the data", npy(head("<f4", "(2,)"), floats), /claims an array 2 of 8 bytes, but 16/],
  ["a negative dimension", npy(head("<f4", "(-4,)"), floats), /no plain NumPy array/],
  ["Python objects", npy(head("|O", "(4,)"), floats), /type \|O/],
  ["a name of Object.prototype as type", npy(head("toString", "(4,)"), floats), /type toString/],
  [
    "records",
    npy("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (4,), }", floats),
    /no plain NumPy/,
  ],
  ["Fortran order", npy(head("<f4", "(2, 2)", "True"), floats), /Fortran order/],
])("refuses %s in one sentence", (_, bytes, message) => {
  expect(() => parseNpy(bytes, "bad.npy")).toThrow(message);
});

test("reads the arrays of a zip and passes over the rest", () => {
  const bytes = npy(head("|u1", "(3,)"), Uint8Array.of(1, 2, 3));
  const arrays = parseNpz(zipSync({ "x.npy": bytes, "notes.txt": new Uint8Array(5) }), "a.npz");
  expect([...arrays.keys()]).toEqual(["x"]);
  expect(arrays.get("x")!.values).toEqual(Uint8Array.of(1, 2, 3));
});

test("a damaged zip and one that claims 3 GiB are refused", () => {
  const zip = zipSync({ "x.npy": new Uint8Array(2 ** 16) });
  expect(() => parseNpz(zip.slice(0, -30), "a.npz")).toThrow(/damaged or cut short \(zip\)/);
  const lying = zip.slice();
  const central = lying.findLastIndex((b, i) => b === 0x50 && lying[i + 1] === 0x4b && lying[i + 2] === 1);
  new DataView(lying.buffer).setUint32(central + 24, 3 * 2 ** 30, true);
  expect(() => parseNpz(lying, "a.npz")).toThrow(/unpacks to more than/);
});
