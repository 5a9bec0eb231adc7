import { basename } from "node:path";
import { UserError } from "../tensor/index.ts";
import { arrayDataset } from "./array-dataset.ts";
import type { Dataset, Splits } from "./dataset.ts";
import { type Npy, parseNpy } from "./npy.ts";
import { parseNpz } from "./npz.ts";
import { sha256 } from "./read-bytes.node.ts";
import { holdOut } from "./subset.ts";

/** A .npy file: one array of examples. */
export function loadNpy(bytes: Uint8Array, file: string): Splits {
  const name = basename(file).replace(/\.npy$/i, "");
  const fingerprint = sha256(bytes);
  return holdOut(arrayDataset(parseNpy(bytes, file), { name, source: file, fingerprint }));
}

// Names that people and libraries give: Keras, MedMNIST, plain np.savez.
const trainNames = ["x_train", "train_images", "train_x", "train", "x", "X", "images", "data", "arr_0"];
const labelNames = ["y_train", "train_labels", "train_y", "y", "labels", "targets", "arr_1"];
const testNames = ["x_test", "test_images", "test_x", "test"];
const testLabelNames = ["y_test", "test_labels", "test_y"];

/**
 * A .npz file: examples in the array x_train, train_images, x, images, data or arr_0, labels in y_train, train_labels, y,
 * labels or arr_1, test examples in x_test or test_images. A file with one array needs no such name.
 */
export function loadNpz(bytes: Uint8Array, file: string): Splits {
  const arrays = parseNpz(bytes, file);
  const name = basename(file).replace(/\.npz$/i, "");
  const only = arrays.size === 1 ? [...arrays.keys()] : [];
  const pick = (names: readonly string[]): string | undefined => names.find((n) => arrays.has(n));
  const make = (examples: string, labels: string | undefined): Dataset => {
    const array = arrays.get(examples)!;
    const numbers = labels === undefined ? undefined : labelNumbers(arrays.get(labels)!, array, file, labels);
    const fingerprint = sha256(
      array.shape.join("×"),
      bytesOf(array),
      numbers === undefined ? "" : numbers.join(),
    );
    const source = `${file}, array ${examples},`;
    return arrayDataset(array, {
      name,
      source,
      fingerprint,
      ...(numbers === undefined ? {} : { labels: numbers }),
    });
  };
  const train = pick([...trainNames, ...only]);
  if (train === undefined) {
    throw new UserError(
      `${file} has the arrays ${[...arrays.keys()].join(", ") || "(none)"}; name the examples x_train or x.`,
    );
  }
  const trainSet = make(train, pick(labelNames));
  const test = pick(testNames);
  if (test === undefined) return holdOut(trainSet);
  const testSet = make(test, pick(testLabelNames));
  if (testSet.shape.join() !== trainSet.shape.join()) {
    throw new UserError(
      `${file} has training examples ${trainSet.shape.join("×")} but test examples ${testSet.shape.join("×")}.`,
    );
  }
  return { train: trainSet, test: testSet };
}

function bytesOf({ values }: Npy): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

const mostClasses = 65_536;

function labelNumbers(labels: Npy, examples: Npy, file: string, name: string): Int32Array {
  const numbers = Array.from(labels.values, Number);
  if (numbers.length !== examples.shape[0]) {
    throw new UserError(`${file} has ${examples.shape[0]} examples but ${numbers.length} labels in ${name}.`);
  }
  const wrong = numbers.find((v) => !(Number.isInteger(v) && v >= 0 && v < mostClasses));
  if (wrong !== undefined) {
    throw new UserError(`${file} has the label ${wrong} in ${name}; expected whole numbers 0, 1, ….`);
  }
  return Int32Array.from(numbers);
}
