"""Reference numbers for src/metrics/likelihood and src/metrics/originality, float64: NumPy, SciPy and scikit-learn.

    python3 test/golden/metrics/likelihood.py        writes likelihood.json beside this file
"""
import json
from pathlib import Path

import numpy as np
from scipy import stats
from sklearn.neighbors import KernelDensity

rng = np.random.default_rng(0)


def parzen():
    """Gaussian kernels: scikit-learn's density of every query for several bandwidths."""
    samples, queries = rng.normal(size=(40, 3)).round(6), (1.5 * rng.normal(size=(7, 3))).round(6)
    bandwidths = [0.01, 0.2, 1.0]
    nats = [KernelDensity(bandwidth=h).fit(samples).score_samples(queries).tolist() for h in bandwidths]
    return {"samples": samples.tolist(), "queries": queries.tolist(), "bandwidths": bandwidths, "nats": nats}


def rank_sum():
    """Mann-Whitney U with ties: SciPy's statistic, and z without its correction for continuity."""
    cases = []
    for m, n, decimals in [(30, 25, 6), (12, 40, 1), (50, 50, 0)]:
        a, b = rng.normal(size=m).round(decimals), rng.normal(0.3, 1, size=n).round(decimals)
        u = stats.mannwhitneyu(a, b, use_continuity=False, method="asymptotic")
        less = stats.mannwhitneyu(a, b, use_continuity=False, method="asymptotic", alternative="less")
        cases.append({"a": a.tolist(), "b": b.tolist(), "u": float(u.statistic), "z": float(stats.norm.ppf(less.pvalue))})
    return cases


def log_weights():
    """Importance weights of a few examples: L_K, the effective sample size and the ELBO."""
    w = rng.normal(-90, 3, size=(12, 4)).round(4)
    shifted = np.exp(w - w.max(0))
    bound = np.log(shifted.mean(0)) + w.max(0)
    normalized = shifted / shifted.sum(0)
    return {
        "logWeights": w.tolist(),
        "bound": bound.tolist(),
        "effective": (1 / (normalized**2).sum(0)).tolist(),
        "elbo": w.mean(0).tolist(),
    }


def linear_gaussian():
    """Probabilistic PCA: log N(x; b, W Wᵀ + σ² I) by SciPy."""
    w, b, sigma = rng.normal(size=(5, 2)).round(4), rng.normal(size=5).round(4), 0.6
    x = rng.normal(size=(20, 2)) @ w.T + b + sigma * rng.normal(size=(20, 5))
    x = x.round(5)
    nats = stats.multivariate_normal(b, w @ w.T + sigma**2 * np.eye(5)).logpdf(x)
    return {"w": w.tolist(), "b": b.tolist(), "sigma": sigma, "x": x.tolist(), "nats": nats.tolist()}


def rbm():
    """log Z of a small RBM by the sum over all states of both sides."""
    w, b, c = rng.normal(size=(7, 5)).round(4), rng.normal(size=7).round(4), rng.normal(size=5).round(4)
    v = (np.arange(2**7)[:, None] >> np.arange(7)) & 1
    h = (np.arange(2**5)[:, None] >> np.arange(5)) & 1
    energy = v @ w @ h.T + (v @ b)[:, None] + (h @ c)[None, :]
    return {"w": w.tolist(), "b": b.tolist(), "c": c.tolist(), "logZ": float(np.logaddexp.reduce(energy, axis=None))}


numbers = {
    "parzen": parzen(),
    "rankSum": rank_sum(),
    "logWeights": log_weights(),
    "linearGaussian": linear_gaussian(),
    "rbm": rbm(),
}
path = Path(__file__).with_suffix(".json")
path.write_text(json.dumps(numbers, indent=1) + "\n")
