/** A file of a data set as its authors publish it. */
export interface SourceFile {
  readonly name: string;
  readonly bytes: number;
  /** Published MD5, in hexadecimal: it tells a damaged file, not a malicious one; readers trust no header either. */
  readonly md5: string;
}

/** Where a data set comes from. */
export interface DownloadSource {
  readonly home: string; // URL of the folder that holds the files, with a slash at its end
  /** In the order in which they are fetched: the one by which the data set is found comes last, when all is there. */
  readonly files: readonly SourceFile[];
  /** Members of a tar archive that are kept, in the order in which they are written. */
  readonly unpack?: readonly string[];
}

/** The data sets that `imago data get` knows. */
export const downloadSources = {
  mnist: {
    home: "https://ossci-datasets.s3.amazonaws.com/mnist/",
    files: [
      { name: "t10k-labels-idx1-ubyte.gz", bytes: 4_542, md5: "ec29112dd5afa0611ce80d1b7f02629c" },
      { name: "t10k-images-idx3-ubyte.gz", bytes: 1_648_877, md5: "9fb629c4189551a2d022fa330f9573f3" },
      { name: "train-labels-idx1-ubyte.gz", bytes: 28_881, md5: "d53e105ee54ea40749a09fcbcd1e9432" },
      { name: "train-images-idx3-ubyte.gz", bytes: 9_912_422, md5: "f68b3c2dcbeaaa9fbdd348bbdeb94873" },
    ],
  },
  "fashion-mnist": {
    home: "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    files: [
      { name: "t10k-labels-idx1-ubyte.gz", bytes: 5_148, md5: "bb300cfdad3c16e7a12a480ee83cd310" },
      { name: "t10k-images-idx3-ubyte.gz", bytes: 4_422_102, md5: "bef4ecab320f06d8554ea6380940ec79" },
      { name: "train-labels-idx1-ubyte.gz", bytes: 29_515, md5: "25c81989df183df01b3e8a0aad5dffbe" },
      { name: "train-images-idx3-ubyte.gz", bytes: 26_421_880, md5: "8d4fb7e6c68d591d4c3dfef9ec88bf0d" },
    ],
  },
  cifar10: {
    home: "https://www.cs.toronto.edu/~kriz/",
    files: [{ name: "cifar-10-binary.tar.gz", bytes: 170_052_171, md5: "c32a1d4ab5d03f1284b67883e8d87530" }],
    unpack: [
      "batches.meta.txt",
      "test_batch.bin",
      "data_batch_5.bin",
      "data_batch_4.bin",
      "data_batch_3.bin",
      "data_batch_2.bin",
      "data_batch_1.bin",
    ],
  },
} as const satisfies { readonly [name: string]: DownloadSource };
