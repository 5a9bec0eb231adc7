"""Two-sample statistics, information of Gaussians and tables, and representation scores by SciPy and scikit-learn.

    python3 test/golden/metrics/two_sample.py
"""

import json
from pathlib import Path

import numpy as np
from scipy import stats
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import cdist, jensenshannon
from sklearn.linear_model import Lasso, LogisticRegression
from sklearn.metrics import normalized_mutual_info_score

rng = np.random.default_rng(4)


def rounded(x):
    return np.round(np.asarray(x, dtype=np.float64), 6)


def kolmogorov():
    cases = []
    for n, m, shift in [(7, 5, 1.0), (20, 30, 0.5), (100, 100, 0.3), (100, 37, 0.0), (250, 250, 0.5)]:
        a, b = rounded(rng.normal(size=n)), rounded(rng.normal(shift, size=m))
        exact = stats.ks_2samp(a, b, method="exact")
        cases.append({"a": a.tolist(), "b": b.tolist(), "statistic": exact.statistic, "pValue": exact.pvalue})
    limits = [{"lambda": x, "p": stats.kstwobign.sf(x)} for x in (0.3, 0.6, 1.0, 1.5, 2.5)]
    return {"cases": cases, "limits": limits}


def pairs():
    line = [rounded(rng.normal(size=40)), rounded(rng.normal(0.4, 1.3, size=25))]
    a, b = rounded(rng.normal(size=(40, 3))), rounded(rng.normal(0.4, 1.2, size=(30, 3)))
    xx, yy, xy = cdist(a, a), cdist(b, b), cdist(a, b)
    both = np.concatenate([a, b])
    distances = cdist(both, both)
    above = np.sort(distances[np.triu_indices(70, 1)])
    sigma2 = above[(len(above) - 1) // 2] ** 2

    def kernel(d):
        return np.exp(-(d**2) / (2 * sigma2))

    def off(k):
        return (k.sum() - np.trace(k)) / (len(k) * (len(k) - 1))

    tree = minimum_spanning_tree(distances).tocoo()
    near = np.argsort(distances, axis=1, kind="stable")[:, 1:4]
    label = np.arange(70) < 40
    return {
        "line": {"a": line[0].tolist(), "b": line[1].tolist(), "energy": stats.energy_distance(*line) ** 2},
        "a": a.tolist(),
        "b": b.tolist(),
        "energy": 2 * xy.mean() - xx.mean() - yy.mean(),
        "mmd": off(kernel(xx)) + off(kernel(yy)) - 2 * kernel(xy).mean(),
        "crossing": int(sum((i < 40) != (j < 40) for i, j in zip(tree.row, tree.col))),
        "sameNeighbors": float((label[near] == label[:, None]).mean()),
        "mean": float(np.linalg.norm(a.mean(0) - b.mean(0))),
        "variance": float(np.linalg.norm((a.var(0, ddof=1) - b.var(0, ddof=1)) / both.var(0, ddof=1))),
    }


def information():
    cases = []
    for d in (1, 2, 5, 12):
        means = rounded(rng.normal(size=(2, d)))
        roots = rng.normal(size=(2, d, d + 3))
        p, q = (rounded(r @ r.T / d) for r in roots)
        delta, inverse = means[0] - means[1], np.linalg.inv(q)
        log_ratio = np.linalg.slogdet(q)[1] - np.linalg.slogdet(p)[1]
        kl = 0.5 * (np.trace(inverse @ p) + delta @ inverse @ delta - d + log_ratio)
        entropy = stats.multivariate_normal(means[0], p).entropy()
        middle = (p + q) / 2
        overlap = np.exp(
            0.25 * (np.linalg.slogdet(p)[1] + np.linalg.slogdet(q)[1])
            - 0.5 * np.linalg.slogdet(middle)[1]
            - delta @ np.linalg.solve(middle, delta) / 8
        )
        cases.append(
            {
                "means": means.tolist(),
                "p": p.ravel().tolist(),
                "q": q.ravel().tolist(),
                "kl": kl,
                "entropy": float(entropy),
                "squaredHellinger": 2 - 2 * overlap,
                "logDensity": float(stats.multivariate_normal(means[0], p).logpdf(means[1])),
            }
        )
    tables = []
    for k in (2, 5, 40):
        p, q = rng.dirichlet(np.ones(k), size=2)
        tables.append(
            {
                "p": p.tolist(),
                "q": q.tolist(),
                "kl": stats.entropy(p, q),
                "entropy": stats.entropy(p),
                "jensenShannon": jensenshannon(p, q) ** 2,
            }
        )
    return {"gaussians": cases, "tables": tables}


def representation():
    x = rounded(rng.normal(size=(60, 4)))
    labels = (x[:, 0] + 0.5 * rng.normal(size=60) > 0).astype(int) + (x[:, 1] > 0.8).astype(int)
    z = (x - x.mean(0)) / x.std(0)
    penalty = 0.05
    logistic = LogisticRegression(C=1 / (60 * penalty), tol=1e-12, max_iter=10000).fit(z, labels)
    log_p = logistic.predict_log_proba(z)
    target = rounded(x[:, 0] - 0.3 * x[:, 2] + 0.1 * rng.normal(size=60))
    scaled = (target - target.mean()) / target.std()
    lasso = Lasso(alpha=0.1, fit_intercept=False, tol=1e-12, max_iter=100000).fit(z, scaled)
    clusters = rng.integers(0, 5, size=60)
    table = np.zeros((5, 3), dtype=int)
    np.add.at(table, (clusters, labels), 1)
    return {
        "x": x.tolist(),
        "labels": labels.tolist(),
        "penalty": penalty,
        "logProbabilities": log_p.tolist(),
        "target": target.tolist(),
        "lasso": lasso.coef_.tolist(),
        "clusters": clusters.tolist(),
        "nmi": normalized_mutual_info_score(labels, clusters),
        "purity": float(table.max(axis=1).sum() / 60),
    }


golden = {"kolmogorov": kolmogorov(), "pairs": pairs(), "information": information(), "representation": representation()}
path = Path(__file__).with_name("two-sample.json")
path.write_text(json.dumps(golden, default=float) + "\n")
