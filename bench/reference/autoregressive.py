"""Autoregressive models of vectors: the registry's fvbn, nade and made, in raster order."""

import torch
import torch.nn.functional as F
from torch import nn

from twin import Parameter, descend, example_size

bce = F.binary_cross_entropy_with_logits


class MaskedLinear(nn.Linear):
    """A unit sees the inputs up to its degree, or below it where `strict`."""

    def __init__(self, start, to, strict=False, bias=True):
        super().__init__(len(start), len(to), bias=bias)
        a, b = torch.tensor(start)[None, :], torch.tensor(to)[:, None]
        self.register_buffer("mask", (a < b if strict else a <= b).float())

    def forward(self, x):
        return F.linear(x, self.weight * self.mask, self.bias)


def hidden_degrees(units, variables):
    """Spread evenly over 1 … D − 1."""
    count = max(1, variables - 1)
    return [1 + min(count - 1, int((k + 0.5) / units * count)) for k in range(units)]


def bits_of(x):
    return (x.flatten(1) + 1) * 0.5




def nats(logits, x):
    return bce(logits, x, reduction="sum") / len(x)


def fvbn(x, lr, shape, y=None, **_):
    x = bits_of(x)
    degrees = list(range(1, x.shape[1] + 1))
    W, b = MaskedLinear(degrees, degrees, strict=True, bias=False), Parameter(x.shape[1])
    return descend(lambda: nats(W(x) + b(), x), [W, b], lr=lr)


def nade(x, hidden, lr, shape, y=None, **_):
    x = bits_of(x)
    size = example_size(shape)
    W, V, c, b = Parameter(size, hidden), Parameter(size, hidden), Parameter(hidden), Parameter(size)

    def loss():
        a = x[:, :, None] * W()
        before = a.cumsum(1) - a
        h = torch.relu(before + c())
        return nats((h * V()).sum(2) + b(), x)

    return descend(loss, [W, V, c, b], lr=lr)


class Made(nn.Module):
    def __init__(self, variables, hidden):
        super().__init__()
        own = list(range(1, variables + 1))
        degrees = [own, *(hidden_degrees(units, variables) for units in hidden)]
        self.W = nn.ModuleList(MaskedLinear(a, b) for a, b in zip(degrees, degrees[1:]))
        self.V = MaskedLinear(degrees[-1], own, strict=True, bias=False)
        self.A = MaskedLinear(own, own, strict=True, bias=False)

    def forward(self, x):
        h = x
        for layer in self.W:
            h = torch.relu(layer(h))
        return self.V(h) + self.A(x)


def made(x, hidden, lr, shape, y=None, **_):
    x = bits_of(x)
    net, c = Made(x.shape[1], hidden), Parameter(x.shape[1])
    return descend(lambda: nats(net(x) + c(), x), [net, c], lr=lr)


MAKERS = {"registry fvbn": fvbn, "registry nade": nade, "registry made": made}
