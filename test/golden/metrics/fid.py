"""Reference numbers for statistics of features and Fréchet distances, float64: NumPy, SciPy, torch-fidelity.

    python3 test/golden/metrics/fid.py        writes fid.json beside this file

Each distance three times: `exact` from the singular values of products of the centred rows, which squares nothing;
`sqrtm` as pytorch-fid and clean-fid compute it; `eigvals` by torch-fidelity's own function.
"""
import json
import warnings
from pathlib import Path

import numpy as np
import scipy.linalg
import scipy.stats
import torch
from tables import table
from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric

warnings.simplefilter("ignore")


def exact(a, b, ddof):
    a, b = np.float64(a), np.float64(b)
    means = ((a.mean(0) - b.mean(0)) ** 2).sum()
    x = (a - a.mean(0)) / np.sqrt(len(a) - ddof)
    y = (b - b.mean(0)) / np.sqrt(len(b) - ddof)
    # The nuclear norm of X Yᵀ, by an orthogonal basis of each side's columns.
    rx, ry = np.linalg.qr(x, mode="r"), np.linalg.qr(y, mode="r")
    return means + (x**2).sum() + (y**2).sum() - 2 * np.linalg.svd(rx @ ry.T, compute_uv=False).sum()


def sqrtm(a, b, ddof=1, eps=1e-6):
    """calculate_frechet_distance of pytorch-fid: an offset where the root is not finite, imaginary parts dropped if small."""
    (m1, s1), (m2, s2) = [(x.mean(0), np.cov(x, rowvar=False, ddof=ddof)) for x in (np.float64(a), np.float64(b))]
    root = scipy.linalg.sqrtm(s1.dot(s2))
    if not np.isfinite(root).all():
        offset = np.eye(len(s1)) * eps
        root = scipy.linalg.sqrtm((s1 + offset).dot(s2 + offset))
    d = m1 - m2
    return float(d.dot(d) + np.trace(s1) + np.trace(s2) - 2 * np.trace(root.real))


def eigvals(a, b):
    x, y = [fid_features_to_statistics(torch.from_numpy(np.float64(v))) for v in (a, b)]
    return fid_statistics_to_metric(x, y, False)["frechet_inception_distance"]


pairs = {
    "more rows than features": ({"rows": 300, "columns": 24, "carry": 0.5}, {"rows": 260, "columns": 24, "scale": 1.3, "shift": 0.2}),
    "fewer rows than features": ({"rows": 20, "columns": 64, "carry": 0.5}, {"rows": 30, "columns": 64, "scale": 0.7, "shift": 0.1}),
    "fewer rows on one side": ({"rows": 200, "columns": 48, "carry": 0.6}, {"rows": 30, "columns": 48, "carry": 0.2}),
    "as many rows as features": ({"rows": 32, "columns": 32}, {"rows": 32, "columns": 32, "carry": 0.9}),
    "features that are always zero": ({"rows": 200, "columns": 40, "dead": 3}, {"rows": 190, "columns": 40, "dead": 4, "shift": 0.5}),
    "ten pictures again and again": ({"rows": 200, "columns": 40}, {"rows": 200, "columns": 40, "distinct": 10}),
    "one picture only": ({"rows": 60, "columns": 16}, {"rows": 50, "columns": 16, "distinct": 1}),
    "variances over twelve orders of magnitude": ({"rows": 300, "columns": 40, "decay": 0.7, "carry": 0.3}, {"rows": 300, "columns": 40, "decay": 0.72, "carry": 0.3}),
    "far from the origin": ({"rows": 150, "columns": 12, "shift": 1e6}, {"rows": 140, "columns": 12, "shift": 1e6 + 1, "scale": 1.1}),
    "single precision": ({"rows": 400, "columns": 30, "carry": 0.4, "single": True}, {"rows": 350, "columns": 30, "shift": 0.3, "single": True}),
}
cases = []
for i, (name, (real, fake)) in enumerate(pairs.items()):
    real, fake = {"seed": 2 * i + 1, **real}, {"seed": 2 * i + 2, **fake}
    a, b = table(**real), table(**fake)
    covariance = np.cov(np.float64(a), rowvar=False)
    rows = np.arange(0, len(covariance), 7)
    cases.append(
        {
            "name": name,
            "real": real,
            "fake": fake,
            "mean": np.float64(a).mean(0).tolist(),
            "covariance": covariance[rows].tolist(),
            "rows": rows.tolist(),
            "exact": exact(a, b, 1),
            "exact0": exact(a, b, 0),
            "sqrtm": sqrtm(a, b),
            "sqrtm0": sqrtm(a, b, 0),
            "eigvals": eigvals(a, b),
        }
    )
    print(f"{name:45}", *(cases[-1][k] for k in ("exact", "sqrtm", "eigvals", "exact0", "sqrtm0")))

torch.manual_seed(1)
negative = torch.randn(4, 4, dtype=torch.float64), torch.randn(4, 4, dtype=torch.float64)
sizes = [400, 800, 1500, 2500, 4000]
distances = [5.31, 4.42, 4.06, 3.87, 3.78]
fit = scipy.stats.linregress(1 / np.array(sizes), distances)
golden = {
    "cases": cases,
    "negative": {"real": negative[0].tolist(), "fake": negative[1].tolist(), "exact": exact(*[x.numpy() for x in negative], 1)},
    "line": {"sizes": sizes, "distances": distances, "value": fit.intercept, "standardError": fit.intercept_stderr, "slope": fit.slope},
}
Path(__file__).with_suffix(".json").write_text(json.dumps(golden, ensure_ascii=False) + "\n")
