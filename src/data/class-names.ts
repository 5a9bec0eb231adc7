/** Names of the classes of the downloadable data sets, by class number. */
export const classNames = {
  mnist: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
  // https://github.com/zalandoresearch/fashion-mnist#labels
  "fashion-mnist": [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
  ],
  // batches.meta.txt of the binary version
  cifar10: ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
} as const;
