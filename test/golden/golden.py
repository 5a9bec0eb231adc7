"""Shared by the scripts that make reference numbers: seeded inputs, and results written as compact JSON."""

import json
import pathlib

import numpy as np
import torch

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
DATA = pathlib.Path(__file__).parent / "data"
rng = np.random.default_rng(20261120)


def exact(values):
    """Numbers of at most four decimals, then float32: short to write, and the same for a float32 engine."""
    return np.round(values, 4).astype(np.float32).astype(np.float64)


def real(shape, low=-2.0, high=2.0, avoid=(), margin=0.1):
    """Uniform numbers, none nearer than `margin` to a point of `avoid`."""
    x = rng.uniform(low, high, shape)
    for _ in range(100):
        near = np.zeros(x.shape, bool)
        for point in avoid:
            near |= np.abs(x - point) < margin
        if not near.any():
            return torch.tensor(exact(x))
        x = np.where(near, rng.uniform(low, high, shape), x)
    raise ValueError("no numbers left")


def distinct(shape, spacing=0.1):
    """Shuffled numbers that all differ by at least 0.8 · spacing, for maxima and minima."""
    n = int(np.prod(shape))
    x = (rng.permutation(n) - n / 2 + rng.uniform(-0.1, 0.1, n)) * spacing
    return torch.tensor(exact(x.reshape(shape)))


def whole(shape, high):
    """Indices 0 … high − 1."""
    return torch.tensor(rng.integers(0, high, shape))


def listed(x, short=False):
    flat = x.detach().reshape(-1).tolist()
    if x.dtype != torch.float64:
        return [int(v) for v in flat]
    if not short:
        return [float(f"{v:.9g}") for v in flat]
    written = [round(v, 4) for v in flat]
    assert all(float(np.float32(w)) == v for w, v in zip(written, flat)), "an input is not float32 with four decimals"
    return written


def tensor(x, short=False):
    out = {"shape": list(x.shape), "data": listed(x, short)}
    if x.dtype == torch.int64:
        out["dtype"] = "int64"
    if x.dtype == torch.bool:
        out["dtype"] = "bool"
    return out


def direction(x):
    return torch.tensor(exact(rng.uniform(-1, 1, tuple(x.shape))))


def differentiate(fn, inputs, second=True):
    """y = fn(inputs), the gradient of ⟨y, c⟩ in each float input, and that of Σᵢ⟨gradᵢ, dᵢ⟩ in each and in c."""
    xs = [x.clone().requires_grad_() if x.dtype == torch.float64 else x for x in inputs]
    y = fn(*xs)
    result = {"inputs": [tensor(x, True) for x in xs], "y": tensor(y)}
    floats = [x for x in xs if x.requires_grad]
    if y.dtype != torch.float64 or not y.requires_grad:
        return result
    c = direction(y).requires_grad_()
    grads = torch.autograd.grad((y * c).sum(), floats, create_graph=True)
    result["c"] = listed(c, True)
    result["grads"] = [listed(g) for g in grads]
    if second:
        ds = [direction(x) for x in floats]
        inner = sum((g * d).sum() for g, d in zip(grads, ds))
        twice = torch.autograd.grad(inner, [*floats, c], allow_unused=True)
        # None: the operation is linear and the gradient is exactly zero.
        result["second"] = {
            "d": [listed(d, True) for d in ds],
            "grads": [None if g is None or not g.any() else listed(g) for g in twice],
        }
    return result


def write(name, value):
    DATA.mkdir(exist_ok=True)
    text = json.dumps(value, separators=(",", ":"))
    (DATA / name).write_text(text + "\n")
    return len(text)
