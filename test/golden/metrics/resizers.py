"""Pictures resized by PyTorch, Pillow and torch-fidelity, for src/data/resizers.test.ts."""

import json
import pathlib

import numpy as np
import PIL.Image
import torch
from torch_fidelity.interpolate_compat_tensorflow import interpolate_bilinear_2d_like_tensorflow1x

rng = np.random.default_rng(5)


def bilinear(x, size):
    return torch.nn.functional.interpolate(torch.tensor(x)[None, None], size, mode="bilinear", align_corners=False)[0, 0]


def tf1(x, size):
    return interpolate_bilinear_2d_like_tensorflow1x(torch.tensor(x)[None, None], size, align_corners=False)[0, 0]


def pillow(method):
    # clean-fid's way: a picture of floats (mode F), so nothing is rounded to bytes.
    return lambda x, size: np.asarray(PIL.Image.fromarray(x, mode="F").resize(size[::-1], method))


ways = {
    "bilinear": bilinear,
    "tf1": tf1,
    "bicubic": pillow(PIL.Image.Resampling.BICUBIC),
    "box": pillow(PIL.Image.Resampling.BOX),
}
cases = []
for old, new in [((7, 5), (4, 9)), ((12, 12), (5, 5)), ((6, 6), (13, 11)), ((9, 4), (3, 2))]:
    x = np.round(rng.uniform(-1, 1, old), 3).astype(np.float32)
    out = {name: [round(float(v), 7) for v in np.asarray(way(x, new)).ravel()] for name, way in ways.items()}
    cases.append({"from": old, "to": new, "pixels": [round(float(v), 3) for v in x.ravel()], "out": out})
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
print(path, path.stat().st_size, "bytes")
