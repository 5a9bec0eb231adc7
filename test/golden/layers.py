"""Reference numbers for src/nn, from PyTorch in float64: value, first and second derivatives, states afterwards.

    python3 test/golden/layers.py

Variables are in the toolkit's layout (dense weights are [in, out]) and PyTorch gets them transposed where it wants that,
so that derivatives compare number by number.
"""

import torch
import torch.nn.functional as F
from torch.func import functional_call

from golden import direction, listed, real, tensor, whole, write

cases = []


def case(name, fn, inputs, variables=None, states=None, training=True):
    """fn(inputs, variables, states) returns y and writes new states into `states`."""
    variables, states = variables or {}, states or {}
    xs = [x.clone().requires_grad_() if x.dtype == torch.float64 else x for x in inputs]
    ps = {k: v.clone().requires_grad_() for k, v in variables.items()}
    after = {k: v.clone() for k, v in states.items()}
    y = fn(xs, ps, after)
    floats = [x for x in xs if x.requires_grad] + list(ps.values())
    c = direction(y).requires_grad_()
    grads = torch.autograd.grad((y * c).sum(), floats, create_graph=True)
    ds = [direction(x) for x in floats]
    inner = sum((g * d).sum() for g, d in zip(grads, ds))
    twice = torch.autograd.grad(inner, [*floats, c], allow_unused=True)
    cases.append({
        "name": name,
        "training": training,
        "inputs": [tensor(x, True) for x in xs],
        "variables": {k: tensor(v, True) for k, v in variables.items()},
        "states": {k: tensor(v, True) for k, v in states.items()},
        "y": tensor(y),
        "c": listed(c, True),
        "grads": [listed(g) for g in grads],
        "d": [listed(d, True) for d in ds],
        "second": [None if g is None or not g.any() else listed(g) for g in twice],
        "after": {k: listed(v) for k, v in after.items()},
    })


def per_channel(t, rank):
    return t.reshape(1, -1, *[1] * (rank - 2))


# Dense and convolutions
dense = lambda xs, p, s: F.linear(xs[0], p["weight"].T, p["bias"])
case("dense", dense, [real((3, 2, 5))], {"weight": real((5, 4)), "bias": real((4,))})
case("embedding", lambda xs, p, s: F.embedding(xs[0], p["weight"]), [whole((2, 3), 4)], {"weight": real((4, 3))})
case("conv1d", lambda xs, p, s: F.conv1d(xs[0], p["weight"], p["bias"], dilation=2, padding=1),
     [real((2, 3, 9))], {"weight": real((4, 3, 3)), "bias": real((4,))})
case("conv2d", lambda xs, p, s: F.conv2d(xs[0], p["weight"], p["bias"], stride=2, padding=1, groups=2),
     [real((2, 4, 7, 6))], {"weight": real((6, 2, 3, 3)), "bias": real((6,))})
case("conv3d", lambda xs, p, s: F.conv3d(xs[0], p["weight"], p["bias"], stride=2, padding=1),
     [real((1, 2, 4, 5, 4))], {"weight": real((3, 2, 3, 3, 3)), "bias": real((3,))})
case("convTranspose1d", lambda xs, p, s: F.conv_transpose1d(
    xs[0], p["weight"], p["bias"], stride=3, padding=1, output_padding=1, groups=2),
     [real((2, 4, 5))], {"weight": real((4, 3, 4)), "bias": real((6,))})
case("convTranspose2d", lambda xs, p, s: F.conv_transpose2d(xs[0], p["weight"], p["bias"], stride=2, padding=1),
     [real((2, 3, 4, 3))], {"weight": real((3, 4, 4, 4)), "bias": real((4,))})
case("convTranspose3d", lambda xs, p, s: F.conv_transpose3d(xs[0], p["weight"], p["bias"], stride=2, padding=1),
     [real((1, 2, 2, 3, 2))], {"weight": real((2, 3, 4, 4, 4)), "bias": real((3,))})
case("causalConv1d", lambda xs, p, s: F.conv1d(F.pad(xs[0], (4, 0)), p["weight"], p["bias"], dilation=2),
     [real((2, 3, 9))], {"weight": real((4, 3, 3)), "bias": real((4,))})


def masked(visible, kernel, colors, rows, columns):
    """The whole masked kernel, whose weights beyond `rows` and `columns` are zero."""

    def fn(xs, p, s):
        w = p["weight"]
        full = F.pad(w, (0, kernel - columns, 0, kernel - rows))
        mask = torch.zeros_like(full)
        centre = kernel // 2
        for o in range(w.shape[0]):
            for c in range(w.shape[1]):
                to, of = o * colors // w.shape[0], c * colors // w.shape[1]
                mask[o, c, :centre] = 1
                if visible != "above":
                    mask[o, c, centre, :centre] = 1
                    mask[o, c, centre, centre] = of < to if visible == "A" else of <= to
        return F.conv2d(xs[0], full * mask, p["bias"], padding=centre)

    return fn


case("maskedConv2d A", masked("A", 5, 1, 3, 5), [real((2, 2, 6, 5))], {"weight": real((3, 2, 3, 5)), "bias": real((3,))})
case("maskedConv2d B", masked("B", 3, 1, 2, 3), [real((2, 2, 4, 5))], {"weight": real((3, 2, 2, 3)), "bias": real((3,))})
case("maskedConv2d A colours", masked("A", 3, 3, 2, 3), [real((2, 3, 4, 5))],
     {"weight": real((6, 3, 2, 3)), "bias": real((6,))})
case("maskedConv2d B colours", masked("B", 3, 3, 2, 3), [real((2, 6, 4, 5))],
     {"weight": real((3, 6, 2, 3)), "bias": real((3,))})
case("maskedConv2d above", masked("above", 3, 1, 1, 3), [real((2, 2, 4, 5))],
     {"weight": real((3, 2, 1, 3)), "bias": real((3,))})


# Normalisation
def batch_norm(training, momentum=0.1):
    return lambda xs, p, s: F.batch_norm(
        xs[0], s["running_mean"], s["running_var"], p.get("weight"), p.get("bias"), training, momentum, 1e-5)


affine = lambda n: {"weight": real((n,), 0.5, 2), "bias": real((n,))}
running = lambda n: {"running_mean": real((n,)), "running_var": real((n,), 0.5, 2)}
case("batchNorm training", batch_norm(True), [real((3, 4, 3, 2))], affine(4), running(4))
case("batchNorm training vectors", batch_norm(True, 0.3), [real((6, 4))], {}, running(4))
case("batchNorm in use", batch_norm(False), [real((3, 4, 3, 2))], affine(4), running(4), training=False)
case("layerNorm", lambda xs, p, s: F.layer_norm(xs[0], (5,), p["weight"], p["bias"]), [real((3, 2, 5))], affine(5))
case("layerNorm two axes", lambda xs, p, s: F.layer_norm(xs[0], (3, 4), p["weight"], p["bias"]),
     [real((2, 3, 4))], {"weight": real((3, 4), 0.5, 2), "bias": real((3, 4))})
case("instanceNorm", lambda xs, p, s: F.instance_norm(xs[0], weight=p["weight"], bias=p["bias"]),
     [real((2, 3, 4, 3))], affine(3))
case("groupNorm", lambda xs, p, s: F.group_norm(xs[0], 2, p["weight"], p["bias"]), [real((2, 6, 3, 2))], affine(6))
case("groupNorm plain", lambda xs, p, s: F.group_norm(xs[0], 3), [real((2, 6, 3, 2))])
case("rmsNorm", lambda xs, p, s: F.rms_norm(xs[0], (5,), p["weight"], 2.0**-23), [real((3, 5))],
     {"weight": real((5,), 0.5, 2)})
case("pixelNorm", lambda xs, p, s: xs[0] / (xs[0].square().mean(1, keepdim=True) + 1e-8).sqrt(), [real((2, 5, 2, 3))])


def conditional(xs, p, s):
    x, e = xs
    y = F.batch_norm(x, s["running_mean"], s["running_var"], training=True)
    gamma, beta = 1 + e @ p["dense_1/weight"], e @ p["dense_2/weight"]
    return gamma[:, :, None, None] * y + beta[:, :, None, None]


case("conditionalBatchNorm", conditional, [real((3, 4, 2, 3)), real((3, 5))],
     {"dense_1/weight": real((5, 4)), "dense_2/weight": real((5, 4))}, running(4))


def classes(xs, p, s):
    x, i = xs
    y = F.batch_norm(x, s["running_mean"], s["running_var"], training=True)
    gamma, beta = p["embedding_1/weight"][i], p["embedding_2/weight"][i]
    return gamma[:, :, None, None] * y + beta[:, :, None, None]


case("conditionalBatchNorm classes", classes, [real((3, 4, 2, 3)), whole((3,), 5)],
     {"embedding_1/weight": real((5, 4)), "embedding_2/weight": real((5, 4))}, running(4))


def adain(xs, p, s):
    x, style = xs
    mean = style.mean((2, 3), keepdim=True)
    std = (style.var((2, 3), correction=0, keepdim=True) + 1e-5).sqrt()
    return F.instance_norm(x) * std + mean


case("adaptiveInstanceNorm", adain, [real((2, 3, 3, 2)), real((2, 3, 2, 4))])


def style_norm(xs, p, s):
    scale = F.linear(xs[1], p["dense_1/weight"].T, p["dense_1/bias"])
    shift = F.linear(xs[1], p["dense_2/weight"].T, p["dense_2/bias"])
    return F.instance_norm(xs[0], eps=1e-8) * scale[:, :, None, None] + shift[:, :, None, None]


case("styleNorm", style_norm, [real((2, 3, 3, 2)), real((2, 4))],
     {"dense_1/weight": real((4, 3)), "dense_1/bias": real((3,)), "dense_2/weight": real((4, 3)), "dense_2/bias": real((3,))})


# Weights that are functions of their parameter
def spectral(module, layout, training):
    """torch.nn.utils.spectral_norm, Miyato's order: v from the stored u, then u from v."""

    def fn(xs, p, s):
        torch.nn.utils.spectral_norm(module)
        module.train(training)
        u = s["weight_u"] / s["weight_u"].norm()
        w = layout(p["weight"])
        rows = w.reshape(w.shape[0], -1) if not isinstance(module, torch.nn.ConvTranspose2d) else \
            w.transpose(0, 1).reshape(w.shape[1], -1)
        v = F.normalize(rows.detach().T @ u, dim=0)
        named = {"weight_orig": w, "weight_u": u.clone(), "weight_v": v, "bias": p["bias"]}
        y = functional_call(module, named, (xs[0],))
        if training:
            s["weight_u"].copy_(F.normalize(rows.detach() @ v, dim=0))
        return y

    return fn


nn = torch.nn
case("spectralNorm dense", spectral(nn.Linear(5, 4), lambda w: w.T, True), [real((3, 5))],
     {"weight": real((5, 4)), "bias": real((4,))}, {"weight_u": real((4,))})
case("spectralNorm conv2d", spectral(nn.Conv2d(3, 4, 3), lambda w: w, True), [real((2, 3, 4, 5))],
     {"weight": real((4, 3, 3, 3)), "bias": real((4,))}, {"weight_u": real((4,))})
case("spectralNorm convTranspose2d", spectral(nn.ConvTranspose2d(3, 4, 2, stride=2), lambda w: w, True),
     [real((2, 3, 3, 2))], {"weight": real((3, 4, 2, 2)), "bias": real((4,))}, {"weight_u": real((4,))})
case("spectralNorm in use", spectral(nn.Linear(5, 4), lambda w: w.T, False), [real((3, 5))],
     {"weight": real((5, 4)), "bias": real((4,))}, {"weight_u": real((4,))}, training=False)


def weight_norm(xs, p, s):
    # Written out: torch._weight_norm of torch 2.13 has a wrong second derivative (numerical ones agree with this).
    v = p["weight"]
    return F.conv2d(xs[0], v * p["weight_g"] / v.square().sum((1, 2, 3), keepdim=True).sqrt(), p["bias"])


case("weightNorm", weight_norm,
     [real((2, 3, 4, 4))], {"weight": real((4, 3, 2, 2)), "weight_g": real((4, 1, 1, 1), 0.5, 2), "bias": real((4,))})
case("equalizedLearningRate", lambda xs, p, s: F.conv2d(xs[0], p["weight"] * (2 / 12) ** 0.5, p["bias"]),
     [real((2, 3, 4, 4))], {"weight": real((4, 3, 2, 2)), "bias": real((4,))})


# Recurrent, attention, batches
def recurrent(module, prefix=""):
    def fn(xs, p, s):
        named = {f"{k}{prefix}": v.T if v.dim() == 2 else v for k, v in p.items()}
        state = xs[1] if len(xs) == 2 else tuple(xs[1:])
        out = functional_call(module, named, (xs[0], state))
        return torch.cat(out, 1) if isinstance(out, tuple) else out

    return fn


def gates(features, hidden, n):
    return {"weight_ih": real((features, n * hidden)), "weight_hh": real((hidden, n * hidden)),
            "bias_ih": real((n * hidden,)), "bias_hh": real((n * hidden,))}


def sequence(module):
    def fn(xs, p, s):
        named = {f"{k}_l0": v.T if v.dim() == 2 else v for k, v in p.items()}
        x = xs[0].flip(1) if isinstance(module, nn.GRU) else xs[0]
        output = functional_call(module, named, (x,))[0]
        return output.flip(1) if isinstance(module, nn.GRU) else output

    return fn


case("lstmCell", recurrent(nn.LSTMCell(3, 4)), [real((2, 3)), real((2, 4)), real((2, 4))], gates(3, 4, 4))
case("gruCell", recurrent(nn.GRUCell(3, 4)), [real((2, 3)), real((2, 4))], gates(3, 4, 3))
case("lstm", sequence(nn.LSTM(3, 4, batch_first=True)), [real((2, 5, 3))], gates(3, 4, 4))
case("gru reversed", sequence(nn.GRU(3, 4, batch_first=True)), [real((2, 5, 3))], gates(3, 4, 3))


def attention(causal):
    def fn(xs, p, s):
        q, k = xs[0], xs[-1]
        linear = lambda t, i: F.linear(t, p[f"dense_{i}/weight"].T, p[f"dense_{i}/bias"])
        module = nn.MultiheadAttention(q.shape[2], 2, kdim=k.shape[2], vdim=k.shape[2], batch_first=True)
        weights = [p[f"dense_{i}/weight"].T for i in (1, 2, 3)]
        named = {"in_proj_bias": torch.cat([p[f"dense_{i}/bias"] for i in (1, 2, 3)]),
                 "out_proj.weight": p["dense_4/weight"].T, "out_proj.bias": p["dense_4/bias"]}
        if k.shape[2] == q.shape[2]:
            named["in_proj_weight"] = torch.cat(weights)
        else:
            named |= dict(zip(("q_proj_weight", "k_proj_weight", "v_proj_weight"), weights))
        hidden = torch.ones(q.shape[1], k.shape[1], dtype=torch.bool).triu(1) if causal else None
        return functional_call(module, named, (q, k, k), {"attn_mask": hidden, "need_weights": True})[0]

    return fn


def projections(size, features):
    out = {}
    for i, n in enumerate((size, features, features, size), 1):
        out |= {f"dense_{i}/weight": real((n, size)), f"dense_{i}/bias": real((size,))}
    return out


case("multiHeadAttention causal", attention(True), [real((2, 4, 6), -1, 1)], projections(6, 6))
case("multiHeadAttention across", attention(False), [real((2, 3, 6), -1, 1), real((2, 5, 4), -1, 1)], projections(6, 4))


def self_attention(xs, p, s):
    """SAGAN's formulas, one position j at a time."""
    n, c, h, w = xs[0].shape
    x = xs[0].reshape(n, c, h * w)
    conv = lambda t, i: torch.einsum("oc,nct->not", p[f"conv_{i}/weight"][:, :, 0, 0], t) + p[f"conv_{i}/bias"][:, None]
    f, g, v = conv(x, 1), conv(x, 2), conv(x, 3)
    columns = []
    for j in range(h * w):
        beta = torch.softmax((f * g[:, :, j : j + 1]).sum(1), 1)
        columns.append((v * beta[:, None]).sum(2))
    return (p["gamma"] * conv(torch.stack(columns, 2), 4) + x).reshape(n, c, h, w)


inner, outer = 2, 4
case("selfAttention", self_attention, [real((2, 4, 2, 3))],
     {k: v for i in (1, 2, 3) for k, v in {f"conv_{i}/weight": real((inner, outer, 1, 1)),
                                          f"conv_{i}/bias": real((inner,))}.items()}
     | {"conv_4/weight": real((outer, inner, 1, 1)), "conv_4/bias": real((outer,)), "gamma": real((1,), 0.5, 1)})


def minibatch_discrimination(xs, p, s):
    m = (xs[0] @ p["weight"]).reshape(xs[0].shape[0], 3, 2)
    rows = [sum((-(m[i] - m[j]).abs().sum(1)).exp() for j in range(len(m))) for i in range(len(m))]
    return torch.cat([xs[0], torch.stack(rows)], 1)


case("minibatchDiscrimination", minibatch_discrimination, [real((4, 5), -0.5, 0.5)], {"weight": real((5, 6), -0.5, 0.5)})


def minibatch_stddev(xs, p, s):
    """The authors' code: groups of 4 strided over the batch, one feature."""
    n, c, h, w = xs[0].shape
    y = xs[0].reshape(4, -1, 1, c, h, w)
    y = (y - y.mean(0, keepdim=True)).square().mean(0)
    y = (y + 1e-8).sqrt().mean((2, 3, 4), keepdim=True).mean(2)
    return torch.cat([xs[0], y.repeat(4, 1, h, w)], 1)


case("minibatchStdDev", minibatch_stddev, [real((8, 3, 2, 2))])

write("layers.json", {"torch": torch.__version__, "cases": cases})
