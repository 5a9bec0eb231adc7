"""Reference numbers for precision, recall, density and coverage: prdc, torch-fidelity and definitions in NumPy.

    python3 test/golden/metrics/prdc.py        writes prdc.json beside this file
"""
import json
import sys
from pathlib import Path

import numpy as np
import torch

sys.path = [p for p in sys.path if Path(p or ".").resolve() != Path(__file__).parent.resolve()] + [str(Path(__file__).parent)]
from prdc import compute_prdc  # noqa: E402  (the package: this folder comes last)
from tables import table  # noqa: E402
from torch_fidelity.metric_prc import calculate_precision_recall_full  # noqa: E402

pairs = {
    "few features": ({"rows": 200, "columns": 4}, {"rows": 150, "columns": 4, "scale": 0.8, "shift": 0.2}, 5),
    "fewer rows than features": ({"rows": 40, "columns": 160, "carry": 0.5}, {"rows": 50, "columns": 160, "carry": 0.6}, 3),
    "single precision": ({"rows": 220, "columns": 200, "carry": 0.9, "single": True}, {"rows": 180, "columns": 200, "carry": 0.9, "shift": 0.02, "single": True}, 5),
    "far from the origin": ({"rows": 120, "columns": 6, "shift": 100}, {"rows": 110, "columns": 6, "shift": 100.2}, 4),
    "a narrow generator": ({"rows": 200, "columns": 16, "scale": 3}, {"rows": 200, "columns": 16, "scale": 0.1}, 3),
    "features that shrink": ({"rows": 150, "columns": 130, "decay": 0.9}, {"rows": 150, "columns": 130, "decay": 0.89}, 5),
}
cases = []
for i, (name, (real, fake, k)) in enumerate(pairs.items()):
    real, fake = {"seed": 101 + 2 * i, **real}, {"seed": 102 + 2 * i, **fake}
    a, b = table(**real), table(**fake)
    theirs = compute_prdc(np.float64(a), np.float64(b), k)
    precision, recall = calculate_precision_recall_full(torch.from_numpy(b).double(), torch.from_numpy(a).double(), k)
    cases.append(
        {
            "name": name,
            "real": real,
            "fake": fake,
            "k": k,
            "prdc": {key: float(v) for key, v in theirs.items()},
            "torchFidelity": {"precision": precision, "recall": recall},
        }
    )
    print(name, cases[-1]["prdc"], cases[-1]["torchFidelity"])
Path(__file__).with_suffix(".json").write_text(json.dumps({"cases": cases}, ensure_ascii=False) + "\n")
