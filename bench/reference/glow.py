"""The registry's glow, on points and on pictures."""

import math

import torch
import torch.nn.functional as F
from torch import nn

from flows import Actnorm, Affine, likelihood, tanh_network
from twin import Parameter, descend


class Invertible1x1(nn.Module):
    """
    W = P·L·(U + diag(s)), which starts as a random rotation: Kingma & Dhariwal 2018, equation 10. P and the signs of s are no
    parameters, so it starts with a rotation of its own.
    """

    def __init__(self, channels):
        super().__init__()
        rotation = torch.linalg.qr(torch.randn(channels, channels))[0]
        P, L, U = torch.linalg.lu(rotation)
        self.log_scale, self.lower, self.upper = (Parameter(*shape) for shape in ([channels], L.shape, U.shape))
        for parameter, value in [(self.log_scale, U.diag().abs().log()), (self.lower, L), (self.upper, U)]:
            parameter.value.data.copy_(value)
            parameter.starts_by_itself = True
        self.register_buffer("P", P)
        self.register_buffer("sign", U.diag().sign())
        self.register_buffer("one", torch.eye(channels))

    def forward(self, x):
        s = self.log_scale()
        lower, upper = self.lower().tril(-1) + self.one, self.upper().triu(1) + (self.sign * s.exp()).diag()
        w = self.P @ lower @ upper
        y = x @ w.T if x.dim() == 2 else F.conv2d(x, w[:, :, None, None])
        return y, s.sum() * math.prod(x.shape[2:])


class SigmoidAffine(Affine):
    """s = log σ(r + 2), as in the authors' code."""

    def __init__(self, channels, network, rank):
        super().__init__("second", channels, network, rank)
        del self.scale

    def log_scale(self, r):
        return F.logsigmoid(r + 2)


def conv_network(width):
    def make(kept, count):
        last = nn.Conv2d(width, count, 3, padding=1)
        first = nn.Conv2d(kept, width, 3, padding=1)
        return nn.Sequential(first, nn.ReLU(), nn.Conv2d(width, width, 1), nn.ReLU(), last)

    return make


def steps_of_flow(count, channels, network, rank):
    for _ in range(count):
        yield from (Actnorm(channels), Invertible1x1(channels), SigmoidAffine(channels, network, rank))


class Glow(nn.Module):
    """Levels of a squeeze and steps of flow; half of the channels leave after each but the last."""

    def __init__(self, shape, count, levels, width):
        super().__init__()
        channels, network = shape[0], conv_network(width)
        made = []
        for i in range(levels):
            channels *= 4
            steps = list(steps_of_flow(count, channels, network, 4))
            last = i == levels - 1
            end = Actnorm(channels) if last else Affine("second", channels, network, 4)
            made.append(nn.ModuleList([*steps, end]))
            channels = channels if last else (channels + 1) // 2
        self.levels = nn.ModuleList(made)

    def forward(self, x):
        done, total = [], 0.0
        for i, level in enumerate(self.levels):
            x = F.pixel_unshuffle(x, 2)
            for part in level:
                x, change = part(x)
                total = total + change
            if i < len(self.levels) - 1:
                kept = (x.shape[1] + 1) // 2
                done.append(x[:, kept:].flatten(1))
                x = x[:, :kept]
        return torch.cat([*done, x.flatten(1)], 1), total


class Pixels(nn.Module):
    """Noise of one grey level, then the logit."""

    def __init__(self, alpha, grey):
        super().__init__()
        self.grey, self.slope = grey, (1 - 2 * alpha) * (grey - 1) / (2 * grey)

    def forward(self, x):
        p = (x + (torch.rand_like(x) - 0.5) * 2 / (self.grey - 1)) * self.slope + 0.5
        z = torch.log(p) - torch.log(1 - p)
        change = F.softplus(z) + F.softplus(-z) + math.log(self.slope)
        return z, change.flatten(1).sum(1)


def glow(x, steps, levels, width, alpha, lr, kind, shape, grey=256, y=None, **_):
    if kind == "image":
        parts = [Pixels(alpha, grey), Glow(shape, steps, levels, width)]
    else:
        parts = [*steps_of_flow(steps, shape[0], tanh_network([width, width]), 2), Actnorm(shape[0])]
    return descend(likelihood(parts, x), parts, lr=lr, clip=100)


MAKERS = {"registry glow": glow}
