"""Flows on points: the registry's nice, realnvp and maf."""

import math

import torch
from torch import nn

from autoregressive import MaskedLinear, hidden_degrees
from twin import Parameter, descend, mlp


def log_normal(z):
    return -0.5 * (z.square() + math.log(2 * math.pi)).flatten(1).sum(1)


class Actnorm(nn.Module):
    """(x + b) · exp(s) by channel, on vectors and pictures."""

    def __init__(self, channels):
        super().__init__()
        self.bias, self.log_scale = Parameter(channels), Parameter(channels)

    def forward(self, x):
        b, s = self.bias(), self.log_scale()
        shape = [1, -1] + [1] * (x.dim() - 2)
        pixels = math.prod(x.shape[2:])
        return (x + b.view(shape)) * s.exp().view(shape), s.sum() * pixels


class Halves(nn.Module):
    """Divides the channels in the middle; the half of that name is changed by what the other says."""

    def __init__(self, changed, channels, network):
        super().__init__()
        self.second = changed == "second"
        first = (channels + 1) // 2
        self.sizes = [first, channels - first]
        kept, moved = self.sizes if self.second else self.sizes[::-1]
        self.moved = moved
        self.network = network(kept, moved)

    def parts(self, x):
        a, b = x.split(self.sizes, 1)
        return (a, b) if self.second else (b, a)

    def join(self, kept, changed):
        return torch.cat([kept, changed] if self.second else [changed, kept], 1)


class Additive(Halves):
    def forward(self, x):
        kept, changed = self.parts(x)
        return self.join(kept, changed + self.network(kept)), 0.0


class Affine(Halves):
    """y₂ = x₂ exp(s) + t with s = a·tanh(r)."""

    def __init__(self, changed, channels, network, rank=2):
        super().__init__(changed, channels, lambda kept, moved: network(kept, 2 * moved))
        self.scale = Parameter(self.moved, *([1] * (rank - 2)))

    def log_scale(self, r):
        return torch.tanh(r) * self.scale()

    def forward(self, x):
        kept, changed = self.parts(x)
        r, t = self.network(kept).chunk(2, 1)
        s = self.log_scale(r)
        return self.join(kept, changed * s.exp() + t), s.flatten(1).sum(1)


class Scaling(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.log_scale = Parameter(size)

    def forward(self, x):
        s = self.log_scale()
        return x * s.exp(), s.sum()


class Autoregressive(nn.Module):
    """z = (x − μ) exp(−α), μ and α from the elements before: Papamakarios et al. 2017."""

    def __init__(self, variables, hidden, reverse):
        super().__init__()
        own = list(range(1, variables + 1))
        own = own[::-1] if reverse else own
        degrees = [own, *(hidden_degrees(units, variables) for units in hidden)]
        layers = [m for a, b in zip(degrees, degrees[1:]) for m in (MaskedLinear(a, b), nn.Tanh())]
        self.network = nn.Sequential(*layers, MaskedLinear(degrees[-1], own + own, strict=True))

    def forward(self, x):
        mu, raw = self.network(x).chunk(2, 1)
        alpha = torch.tanh(raw / 5) * 5
        return (x - mu) * torch.exp(-alpha), -alpha.sum(1)


def likelihood(parts, x):
    """Mean negative log density of a chain of maps."""

    def loss():
        z, total = x, 0.0
        for part in parts:
            z, change = part(z)
            total = total + change
        return -(log_normal(z) + total).mean()

    return loss


def tanh_network(hidden):
    return lambda kept, count: mlp([kept, *hidden, count], nn.Tanh)


def nice(x, couplings, hidden, lr, y=None, **_):
    size = x.shape[1]
    x = torch.cat([x[:, 0::2], x[:, 1::2]], 1)
    sides = ["first" if k % 2 else "second" for k in range(couplings)]
    parts = [*(Additive(side, size, tanh_network(hidden)) for side in sides), Scaling(size)]
    return descend(likelihood(parts, x), parts, lr=lr)


def realnvp(x, couplings, hidden, lr, y=None, **_):
    size, parts = x.shape[1], []
    for k in range(couplings):
        parts += [Affine("first" if k % 2 else "second", size, tanh_network(hidden)), Actnorm(size)]
    return descend(likelihood(parts, x), parts, lr=lr, clip=100)


def maf(x, layers, hidden, lr, y=None, **_):
    size, parts = x.shape[1], []
    for k in range(layers):
        parts += [Actnorm(size), Autoregressive(size, hidden, k % 2 == 1)]
    return descend(likelihood(parts, x), parts, lr=lr, clip=100)


MAKERS = {"registry nice": nice, "registry realnvp": realnvp, "registry maf": maf}
