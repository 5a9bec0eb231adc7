import { cifarFolders } from "../data/cifar.node.ts";
import { findDataFolder } from "../data/data-folders.node.ts";

/** The folder in which `loadData` finds a data set that has to be downloaded; undefined where it is not here. */
export function findDownload(name: string): string | undefined {
  return name === "cifar10"
    ? findDataFolder(cifarFolders, "data_batch_1.bin")
    : findDataFolder([name], "train-images-idx3-ubyte");
}
