"""One measurement by NumPy, SciPy or prdc: metrics.py fid|prdc WAY REAL FAKE COUNT DIMENSIONS THREADS, a line of JSON."""

import json
import resource
import sys
import time

metric, way, real, fake, count, dimensions, threads = sys.argv[1:]
import numpy as np  # noqa: E402

shape = int(count), int(dimensions)
# pytorch-fid and torch-fidelity differ: the first keeps features in float64.
kept = np.float64 if way == "sqrtm" else np.float32
read = lambda file: np.fromfile(file, np.float32).reshape(shape).astype(kept, copy=False)  # noqa: E731
seconds = {}


def timed(name, work):
    start = time.perf_counter()
    result = work()
    seconds[name] = time.perf_counter() - start
    return result


def statistics(features):
    return np.mean(features, axis=0), np.cov(features, rowvar=False)


def distance(first, second):
    (m1, s1), (m2, s2) = first, second
    d = m1 - m2
    if way == "eigvals":
        root = np.sqrt(np.linalg.eigvals(s1.dot(s2)).astype("complex128")).real.sum()
    else:
        root = np.trace(np.asarray(scipy.linalg.sqrtm(s1.dot(s2))).real)
    return float(d.dot(d) + np.trace(s1) + np.trace(s2) - 2 * root)


if metric == "fid":
    import scipy.linalg

    a, b = read(real), read(fake)
    began = time.perf_counter()
    both = timed("statistics", lambda: (statistics(a), statistics(b)))
    value = {"fid": timed("distance", lambda: distance(*both))}
else:
    from prdc import compute_prdc

    a, b = read(real), read(fake)
    began = time.perf_counter()
    value = {k: float(v) for k, v in timed("all", lambda: compute_prdc(a, b, nearest_k=5)).items()}
total = time.perf_counter() - began
used = resource.getrusage(resource.RUSAGE_SELF)
peak = used.ru_maxrss * 1024
print(json.dumps({"seconds": seconds, "total": total, "cpu": used.ru_utime + used.ru_stime, "value": value, "peak": peak}))
