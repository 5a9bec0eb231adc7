"""Adversarial networks: those of ../models, and the registry's gan and dcgan."""

import torch
import torch.nn.functional as F
from torch import nn

from twin import Twin, adam_of, example_size, graph, mlp, pyramid, stride2

bce = F.binary_cross_entropy_with_logits


def loss_d(real, fake):
    return bce(real, torch.ones_like(real)) + bce(fake, torch.zeros_like(fake))


def loss_g(fake):
    return bce(fake, torch.ones_like(fake))


def two_players(G, D, of_d, of_g, draw, lr=2e-4, beta1=0.5, first="G"):
    """
    D's step, then G's against the updated D, whose weight gradients are switched off there. Both losses are functions of what
    `draw()` gave. `first` names the network whose parameters come first.
    """
    optimizer_d, optimizer_g = adam_of(D, lr, beta1), adam_of(G, lr, beta1)
    of_d, of_g = graph(of_d), graph(of_g)

    def step():
        fake = draw()
        optimizer_d.zero_grad()
        d = of_d(fake)
        d.backward()
        optimizer_d.step()

        D.requires_grad_(False)
        optimizer_g.zero_grad()
        g = of_g(fake)
        g.backward()
        optimizer_g.step()
        D.requires_grad_(True)
        return d.item(), g.item()

    return Twin(step, *((G, D) if first == "G" else (D, G)))


def shared_fakes(G, D, x, latent):
    """Both players see the same fakes."""

    def of_d(fake):
        return loss_d(D(x), D(fake.detach()))

    def of_g(fake):
        return loss_g(D(fake))

    return two_players(G, D, of_d, of_g, graph(lambda: G(torch.randn(len(x), latent))))


def mlp_gan(x, latent, hidden, features):
    G = nn.Sequential(mlp([latent, *hidden, features], nn.ReLU), nn.Tanh())
    D = mlp([features, *hidden, 1], lambda: nn.LeakyReLU(0.2))
    return shared_fakes(G, D, x, latent)


def block(layer, channels, activation):
    return [layer, nn.BatchNorm2d(channels), activation]


def dcgan64(x, base, latent):
    """The 64×64 networks of Radford et al. 2016."""
    halve = {"kernel_size": 4, "stride": 2, "padding": 1, "bias": False}
    first = nn.ConvTranspose2d(latent, base * 8, 4, bias=False)
    g = [nn.Unflatten(1, (latent, 1, 1)), *block(first, base * 8, nn.ReLU())]
    for a, b in [(8, 4), (4, 2), (2, 1)]:
        g += block(nn.ConvTranspose2d(base * a, base * b, **halve), base * b, nn.ReLU())
    G = nn.Sequential(*g, nn.ConvTranspose2d(base, 3, **halve), nn.Tanh())
    d = [nn.Conv2d(3, base, **halve), nn.LeakyReLU(0.2)]
    for a, b in [(1, 2), (2, 4), (4, 8)]:
        d += block(nn.Conv2d(base * a, base * b, **halve), base * b, nn.LeakyReLU(0.2))
    D = nn.Sequential(*d, nn.Conv2d(base * 8, 1, 4, bias=False), nn.Flatten())
    return shared_fakes(G, D, x, latent)


def fresh_fakes(G, D, x, latent, lr, beta1):
    """Each player draws its own z, as Algorithm 1 of Goodfellow et al. 2014 has it."""

    def of_d(_):
        with torch.no_grad():
            fake = G(torch.randn(len(x), latent))
        return loss_d(D(x), D(fake))

    def of_g(_):
        return loss_g(D(G(torch.randn(len(x), latent))))

    return two_players(G, D, of_d, of_g, lambda: None, lr, beta1, first="D")


def registry_gan(x, latent, hidden, lr, beta1, kind, shape, y=None, **_):
    size = example_size(shape)
    end = [nn.Tanh()] if kind == "image" else []
    G = nn.Sequential(mlp([latent, *hidden, size], nn.ReLU), *end)
    D = mlp([size, *hidden, 1], lambda: nn.LeakyReLU(0.2))
    return fresh_fakes(G, D, x.flatten(1), latent, lr, beta1)


def registry_dcgan(x, latent, width, lr, beta1, shape, y=None, **_):
    sizes = pyramid(shape[1])
    top = len(sizes) - 1
    channels = [width * 2 ** (top - 1 - i) for i in range(top)] + [shape[0]]
    whole = nn.ConvTranspose2d(latent, channels[0], sizes[0], bias=False)
    g = [nn.Unflatten(1, (latent, 1, 1)), *block(whole, channels[0], nn.ReLU())]
    d = [nn.Conv2d(shape[0], channels[top - 1], **stride2(sizes[top])), nn.LeakyReLU(0.2)]
    for i in range(1, top):
        up = nn.ConvTranspose2d(channels[i - 1], channels[i], bias=False, **stride2(sizes[i]))
        g += block(up, channels[i], nn.ReLU())
    for i in range(top - 1, 0, -1):
        down = nn.Conv2d(channels[i], channels[i - 1], bias=False, **stride2(sizes[i]))
        d += block(down, channels[i - 1], nn.LeakyReLU(0.2))
    G = nn.Sequential(*g, nn.ConvTranspose2d(channels[top - 1], shape[0], **stride2(sizes[top])), nn.Tanh())
    D = nn.Sequential(*d, nn.Conv2d(channels[0], 1, sizes[0]), nn.Flatten())
    return fresh_fakes(G, D, x, latent, lr, beta1)


class Level(nn.Module):
    """A level of the U-Net: down, what is below, up; gives its input beside its result but for the outermost one."""

    def __init__(self, widths, level=0, outer=3):
        super().__init__()
        width, bottom = widths[level], len(widths) - 1
        self.level = level
        down = nn.Conv2d(outer, width, 4, 2, 1, bias=False)
        self.down = nn.Sequential(*([] if level == 0 else [nn.LeakyReLU(0.2)]), down)
        if 0 < level < bottom:
            self.down.append(nn.BatchNorm2d(width))
        self.below = Level(widths, level + 1, width) if level < bottom else nn.Identity()
        inner = width if level == bottom else 2 * width
        up = nn.ConvTranspose2d(inner, outer, 4, 2, 1, bias=level == 0)
        end = [nn.Tanh()] if level == 0 else [nn.BatchNorm2d(outer)]
        if bottom - 2 <= level < bottom:
            end.append(nn.Dropout(0.5))
        self.up = nn.Sequential(nn.ReLU(), up, *end)

    def forward(self, x):
        y = self.up(self.below(self.down(x)))
        return y if self.level == 0 else torch.cat([x, y], 1)


def pix2pix(x, y, widths):
    G = Level(widths)
    d = [nn.Conv2d(6, 64, 4, 2, 1), nn.LeakyReLU(0.2)]
    for a, b, stride in [(64, 128, 2), (128, 256, 2), (256, 512, 1)]:
        d += block(nn.Conv2d(a, b, 4, stride, 1, bias=False), b, nn.LeakyReLU(0.2))
    D = nn.Sequential(*d, nn.Conv2d(512, 1, 4, 1, 1))

    def score(b):
        return D(torch.cat([x, b], 1))

    def of_d(fake):
        return 0.5 * loss_d(score(y), score(fake.detach()))

    def of_g(fake):
        return loss_g(score(fake)) + 100 * F.l1_loss(fake, y)

    return two_players(G, D, of_d, of_g, graph(lambda: G(x)))


MAKERS = {
    "mlpGan": mlp_gan,
    "dcgan": dcgan64,
    "pix2pix": pix2pix,
    "registry gan": registry_gan,
    "registry dcgan": registry_dcgan,
}
