"""Reference numbers of the metrics of sample quality: python3 quality.py writes quality.json beside it.

Needs torch-fidelity, clean-fid, torchmetrics, scikit-learn and SciPy from PyPI."""

import json
import pathlib

import cleanfid.fid
import numpy as np
import scipy.ndimage
import scipy.spatial.distance as distance
import scipy.stats
import sklearn.cluster
import torch
from torch_fidelity import metric_isc, metric_kid
from torchmetrics.functional.image import multiscale_structural_similarity_index_measure

rng = np.random.default_rng(20261204)


def exact(x):
    """Numbers of three decimals: short to write."""
    return np.round(x, 3)


def table(x):
    return {"data": np.asarray(x).reshape(-1).tolist(), "shape": list(np.shape(x))}


# Below and above the number of features, of one and of two sizes.
features = {
    "real": exact(rng.normal(0, 1, (40, 12))),
    "fake": exact(rng.normal(0.3, 1.2, (40, 12))),
    "few": exact(rng.normal(0.2, 0.9, (9, 12))),
    "far": exact(rng.normal(0.8, 0.5, (50, 12))),
}
real, fake, few, far = features.values()


def choices(seed, n, m, size, count, swapped=False):
    """The rows that NumPy's legacy generator chooses in the peers' loops."""
    state = np.random.RandomState(seed)
    first = [(state.choice(n, size, replace=False), state.choice(m, size, replace=False)) for _ in range(count)]
    return [{"real": a.tolist(), "fake": b.tolist()} if not swapped else {"real": b.tolist(), "fake": a.tolist()} for a, b in first]


def fidelity_kid(x, y, **options):
    result = metric_kid.kid_features_to_metric(torch.tensor(x), torch.tensor(y), verbose=False, **options)
    return {"value": result["kernel_inception_distance_mean"], "deviation": result["kernel_inception_distance_std"]}


def kid():
    poly = dict(kid_kernel="poly", kid_kernel_poly_degree=3, kid_kernel_poly_gamma=None, kid_kernel_poly_coef0=1)
    subsets = dict(kid_subsets=6, kid_subset_size=15, rng_seed=2020)
    whole = dict(kid_subsets=1, kid_subset_size=40, rng_seed=2020)
    other = poly | dict(kid_kernel_poly_degree=2, kid_kernel_poly_gamma=0.5, kid_kernel_poly_coef0=0.25)
    np.random.seed(7)
    clean = cleanfid.fid.kernel_distance(real, few, num_subsets=4, max_subset_size=1000)
    kernels = [metric_kid.kernel_poly(a, b, **poly) for a, b in [(real, real), (real, fake), (fake, fake)]]
    return {
        "torch-fidelity subsets": {"rows": choices(2020, 40, 40, 15, 6)} | fidelity_kid(real, fake, **poly, **subsets),
        "torch-fidelity all": fidelity_kid(real, fake, **poly, **whole),
        "torch-fidelity other kernel": fidelity_kid(real, fake, **other, **whole),
        "torch-fidelity biased": metric_kid.mmd2(*kernels, mmd_est="biased"),
        "torch-fidelity u-statistic": metric_kid.mmd2(*kernels, mmd_est="u-statistic"),
        "clean-fid": {"rows": choices(7, 9, 40, 9, 4, swapped=True), "value": clean},
    }


def mmd():
    def estimate(kernel, x, y, unbiased=True):
        xx, xy, yy = kernel(x, x), kernel(x, y), kernel(y, y)
        within = lambda k: (k.sum() - np.trace(k)) / (len(k) * (len(k) - 1)) if unbiased else k.mean()
        return within(xx) + within(yy) - 2 * xy.mean()

    d2 = lambda x, y: distance.cdist(x, y, "sqeuclidean")
    kernels = {
        "gaussian": lambda x, y: np.exp(-d2(x, y) / (2 * 3.0**2)),
        "mixture": lambda x, y: sum(np.exp(-d2(x, y) / (2 * s**2)) for s in (1.0, 2.0, 4.0)),
        "laplacian": lambda x, y: np.exp(-distance.cdist(x, y) / 3.0),
        "rational quadratic": lambda x, y: sum((1 + d2(x, y) / (2 * a)) ** -a for a in (0.2, 1.0, 5.0)),
        "linear": lambda x, y: x @ y.T,
        "polynomial": lambda x, y: (0.5 * x @ y.T + 2) ** 4,
        "energy": lambda x, y: -distance.cdist(x, y),
    }
    values = {
        name: {
            "unbiased": estimate(k, real, fake),
            "biased": estimate(k, real, fake, False),
            "few": estimate(k, real, few),
        }
        for name, k in kernels.items()
    }
    rbf = dict(kid_kernel="rbf", kid_kernel_rbf_sigma=3.0, kid_subsets=1, kid_subset_size=40, rng_seed=1)
    pooled = np.concatenate([real, fake])
    return {
        "kernels": values,
        "torch-fidelity rbf": fidelity_kid(real, fake, **rbf)["value"],
        "median": float(np.median(distance.pdist(pooled))),
    }


def inception_score():
    logits = exact(rng.normal(0, 2, (53, 7)))
    tensor = torch.tensor(logits)
    read = lambda r: {"value": r["inception_score_mean"], "deviation": r["inception_score_std"]}
    return {
        "logits": table(logits),
        "splits": {str(s): read(metric_isc.isc_features_to_metric(tensor, s, False)) for s in (1, 5, 10)},
        "shuffled": {
            "order": np.random.RandomState(2020).permutation(53).tolist(),
            **read(metric_isc.isc_features_to_metric(tensor, 10, True, 2020)),
        },
    }


def sliced():
    directions = rng.normal(0, 1, (8, 12))
    directions = exact(directions / np.linalg.norm(directions, axis=1, keepdims=True))
    px, py, pf = (x @ directions.T for x in (real, fake, few))
    gap = np.sort(px, 0) - np.sort(py, 0)
    # Two sizes: every sample as often as makes the sizes equal.
    lcm = np.lcm(40, 9)
    unequal = np.sort(np.repeat(px, lcm // 40, 0), 0) - np.sort(np.repeat(pf, lcm // 9, 0), 0)
    return {
        "directions": table(directions),
        "order 1": float(np.abs(gap).mean()),
        "order 2": float(np.sqrt((gap**2).mean())),
        "few, order 1": float(np.mean([scipy.stats.wasserstein_distance(px[:, i], pf[:, i]) for i in range(8)])),
        "few, order 2": float(np.sqrt((unequal**2).mean())),
    }


def pyramid():
    taps = np.array([1, 4, 6, 4, 1]) / 16
    kernel = np.outer(taps, taps)
    pictures = exact(rng.uniform(-1, 1, (2, 1, 16, 24)))
    filtered = lambda x, gain: np.stack([[scipy.ndimage.convolve(p, gain * kernel, mode="mirror") for p in n] for n in x])

    def doubled(x):
        out = np.zeros((*x.shape[:2], 2 * x.shape[2], 2 * x.shape[3]))
        out[:, :, ::2, ::2] = x
        return filtered(out, 4)

    levels, current = [], pictures
    for _ in range(2):
        coarse = filtered(current, 1)[:, :, ::2, ::2]
        levels.append(current - doubled(coarse))
        current = coarse
    return {"pictures": table(pictures), "levels": [table(np.round(x, 9)) for x in [*levels, current]]}


def ms_ssim():
    weights = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]

    def pictures(shape):
        """Smooth pictures with some noise, alike in part, so that no term is negative for all pairs."""
        own, common = (scipy.ndimage.gaussian_filter(rng.normal(0, 3, shape), (0, 0, 2, 2)) for _ in range(2))
        return np.round(np.clip(own + 2 * common[:1] + rng.normal(0, 0.1, shape), -1, 1), 2)

    def valid(x, y, betas):
        """Wang et al. 2003: windows that lie inside, on [0, 1]."""
        t = np.exp(-((np.arange(11) - 5) ** 2) / (2 * 1.5**2))
        window = np.outer(t, t) / t.sum() ** 2
        mean = lambda p: scipy.ndimage.correlate(p, window)[5:-5, 5:-5]
        product = 1.0
        for j, beta in enumerate(betas):
            terms = []
            for p, q in zip(x, y):
                mp, mq = mean(p), mean(q)
                cs = (2 * (mean(p * q) - mp * mq) + 9e-4) / (mean(p * p) - mp**2 + mean(q * q) - mq**2 + 9e-4)
                terms.append(((2 * mp * mq + 1e-4) / (mp**2 + mq**2 + 1e-4) * cs if j == len(betas) - 1 else cs).mean())
            product *= max(0, np.mean(terms)) ** beta
            halve = lambda p: (p[:, ::2, ::2] + p[:, 1::2, ::2] + p[:, ::2, 1::2] + p[:, 1::2, 1::2]) / 4
            x, y = halve(x), halve(y)
        return product

    cases = []
    for shape, scales in [((4, 1, 28, 28), 2), ((3, 3, 24, 32), 2), ((3, 1, 64, 48), 3), ((3, 1, 12, 12), 1)]:
        images = pictures(shape)
        betas = np.array(weights[:scales]) / sum(weights[:scales])
        pairs = [(i, j) for i in range(shape[0]) for j in range(i)]
        unit = torch.tensor((images + 1) / 2)
        first, second = (unit[[p[k] for p in pairs]] for k in (0, 1))
        values = [
            float(multiscale_structural_similarity_index_measure(a[None], b[None], data_range=1.0, betas=tuple(betas)))
            for a, b in zip(first, second)
        ]
        whole = [float(valid(a.numpy(), b.numpy(), betas)) for a, b in zip(first, second)]
        cases.append({"images": table(images), "pairs": pairs, "weights": betas.tolist(), "values": values, "valid": whole})
    return cases


def bins():
    start = real[:5]
    fitted = sklearn.cluster.KMeans(5, init=start, n_init=1, algorithm="lloyd", tol=0).fit(real)
    centers = fitted.cluster_centers_
    counts = [np.bincount(distance.cdist(x, centers).argmin(1), minlength=5) for x in (real, far)]
    p, q = (c / c.sum() for c in counts)
    r = (40 * p + 50 * q) / 90
    z = (p - q) / np.sqrt(r * (1 - r) * (1 / 40 + 1 / 50))
    return {
        "inertia": fitted.inertia_,
        "labels": fitted.labels_.tolist(),
        "centers": table(centers),
        "z": z.tolist(),
        "different": int((2 * scipy.stats.norm.cdf(-np.abs(z)) < 0.05).sum()),
        "js": float(distance.jensenshannon(p, q) ** 2),
    }


def modes():
    counts = [400, 30, 5, 0, 1, 19, 20, 25]
    share = np.array(counts) / sum(counts)
    positive = [c + 1 for c in counts]
    return {
        "counts": counts,
        "kl": float(scipy.stats.entropy(share, np.full(8, 1 / 8))),
        "positive": positive,
        "reverse": float(scipy.stats.entropy(np.full(8, 1 / 8), np.array(positive) / sum(positive))),
    }


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    golden = {
        "features": {name: table(x) for name, x in features.items()},
        "kid": kid(),
        "mmd": mmd(),
        "inception score": inception_score(),
        "sliced": sliced(),
        "pyramid": pyramid(),
        "ms-ssim": ms_ssim(),
        "bins": bins(),
        "modes": modes(),
    }
    target = pathlib.Path(__file__).with_suffix(".json")
    target.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
