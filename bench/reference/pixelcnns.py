"""Autoregressive models of pictures: the PixelCNN of ../models, and the registry's pixelcnn and gated-pixelcnn."""

import torch
import torch.nn.functional as F
from torch import nn

from twin import descend


class MaskedConv2d(nn.Conv2d):
    """
    A kernel of which only what comes before the centre is used ("A"), the centre too ("B"), or all rows down to its own ("rows"):
    the whole kernel times a mask, as it is usually written.
    """

    def __init__(self, kind, inputs, outputs, kernel):
        rows, columns = kernel if isinstance(kernel, tuple) else (kernel, kernel)
        super().__init__(inputs, outputs, (rows, columns), padding=(rows // 2, columns // 2))
        mask = torch.ones(rows, columns)
        if kind != "rows":
            mask[rows // 2, columns // 2 + (1 if kind == "B" else 0) :] = 0
        mask[rows // 2 + 1 :] = 0
        self.register_buffer("mask", mask)
        used = mask.nonzero()
        self.kept = tuple(int(used[:, axis].max()) + 1 for axis in (0, 1))

    def forward(self, x):
        return F.conv2d(x, self.weight * self.mask, self.bias, self.stride, self.padding)


def pixel_cnn(x, channels, layers):
    body = [MaskedConv2d("A", 1, channels, 7), nn.ReLU()]
    for _ in range(layers - 2):
        body += [MaskedConv2d("B", channels, channels, 3), nn.ReLU()]
    model = nn.Sequential(*body, nn.Conv2d(channels, 1, 1))
    bce = F.binary_cross_entropy_with_logits
    return descend(lambda: bce(model(x), x, reduction="sum") / len(x), [model])


def with_ones(x):
    """A channel of ones, which tells a pixel of 0 from what lies outside."""
    return torch.cat([x, torch.ones_like(x)], 1)


def levels_of(x, levels):
    return ((x + 1) * (levels - 1) / 2 + 0.5).floor().long().squeeze(1)


class Residual(nn.Module):
    def __init__(self, width, kernel):
        super().__init__()
        first, middle = nn.Conv2d(2 * width, width, 1), MaskedConv2d("B", width, width, kernel)
        last = nn.Conv2d(width, 2 * width, 1)
        self.body = nn.Sequential(nn.ReLU(), first, nn.ReLU(), middle, nn.ReLU(), last)

    def forward(self, x):
        return x + self.body(x)


def registry_pixelcnn(x, width, blocks, kernel, first, head, lr, grey, y=None, **_):
    layers = [MaskedConv2d("A", 2, 2 * width, first), *(Residual(width, kernel) for _ in range(blocks))]
    for a, b in [(2 * width, head), (head, head), (head, grey)]:
        layers += [nn.ReLU(), nn.Conv2d(a, b, 1)]
    model = nn.Sequential(*layers)
    target = levels_of(x, grey)
    return descend(
        lambda: F.cross_entropy(model(with_ones(x)), target, reduction="sum") / len(x), [model], lr=lr
    )


class Gate(nn.Module):
    """tanh of one half of the channels times the sigmoid of the other, after the class has been added."""

    def __init__(self, classes, channels):
        super().__init__()
        self.label = nn.Embedding(classes, channels)

    def forward(self, x, y):
        a, b = (x + self.label(y)[:, :, None, None]).chunk(2, 1)
        return torch.tanh(a) * torch.sigmoid(b)


class GatedLayer(nn.Module):
    def __init__(self, k, p, n, last, classes):
        super().__init__()
        inputs = 2 if k == 0 else p
        self.first, self.last = k == 0, last
        self.vertical = MaskedConv2d("rows", inputs, 2 * p, n)
        self.link = nn.Conv2d(2 * p, 2 * p, 1)
        self.horizontal = MaskedConv2d("A" if k == 0 else "B", inputs, 2 * p, (1, n))
        self.gate = Gate(classes, 2 * p)
        self.out = nn.Conv2d(p, p, 1)
        if not last:
            self.gate_vertical = Gate(classes, 2 * p)

    def forward(self, v, h, y):
        vertical = self.vertical(v)
        link = self.link(F.pad(vertical[:, :, :-1], (0, 0, 1, 0)))
        out = self.out(self.gate(self.horizontal(h) + link, y))
        return None if self.last else self.gate_vertical(vertical, y), out if self.first else h + out


class GatedPixelCnn(nn.Module):
    def __init__(self, width, layers, kernel, first, head, classes, levels):
        super().__init__()
        sizes = [first] + [kernel] * (layers - 1)
        made = [GatedLayer(k, width, n, k == layers - 1, classes) for k, n in enumerate(sizes)]
        self.layers = nn.ModuleList(made)
        self.head = nn.Sequential(nn.ReLU(), nn.Conv2d(width, head, 1), nn.ReLU(), nn.Conv2d(head, levels, 1))

    def forward(self, x, y):
        v = h = with_ones(x)
        for layer in self.layers:
            v, h = layer(v, h, y)
        return self.head(h)


def registry_gated(x, y, width, layers, kernel, first, head, lr, grey, classes, **_):
    model = GatedPixelCnn(width, layers, kernel, first, head, classes, grey)
    target, y = levels_of(x, grey), y.long()
    return descend(lambda: F.cross_entropy(model(x, y), target, reduction="sum") / len(x), [model], lr=lr)


MAKERS = {
    "pixelCnn": pixel_cnn,
    "registry pixelcnn": registry_pixelcnn,
    "registry gated-pixelcnn": registry_gated,
}
