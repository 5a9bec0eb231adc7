"""Whole training steps in plain eager PyTorch, with the architectures of ../models."""

import torch
import torch.nn.functional as F
from torch import nn


def adam_of(model, lr, beta1=0.9):
    return torch.optim.Adam(model.parameters(), lr=lr, betas=(beta1, 0.999))


def gan_step(G, D, x, latent):
    """D's step, then G's against the updated D. D's weight gradients are switched off where G trains."""
    optimizer_d, optimizer_g = adam_of(D, 2e-4, 0.5), adam_of(G, 2e-4, 0.5)
    ones, zeros = torch.ones(len(x), 1), torch.zeros(len(x), 1)
    bce = F.binary_cross_entropy_with_logits

    def step():
        fake = G(torch.randn(len(x), latent))
        optimizer_d.zero_grad()
        loss_d = bce(D(x), ones) + bce(D(fake.detach()), zeros)
        loss_d.backward()
        optimizer_d.step()

        D.requires_grad_(False)
        optimizer_g.zero_grad()
        loss_g = bce(D(fake), ones)
        loss_g.backward()
        optimizer_g.step()
        D.requires_grad_(True)
        return loss_d.item(), loss_g.item()

    return step


def mlp(sizes, activation):
    layers = []
    for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
        layers += [nn.Linear(a, b)] + ([activation()] if i < len(sizes) - 2 else [])
    return nn.Sequential(*layers)


def mlp_gan(batch, latent, hidden, features):
    G = nn.Sequential(mlp([latent, *hidden, features], nn.ReLU), nn.Tanh())
    D = mlp([features, *hidden, 1], lambda: nn.LeakyReLU(0.2))
    return gan_step(G, D, torch.rand(batch, features) * 2 - 1, latent)


class Dcgan:
    """The 64×64 networks of Radford et al. 2016."""

    @staticmethod
    def generator(base, latent):
        layers = [nn.ConvTranspose2d(latent, base * 8, 4, 1, 0, bias=False), nn.BatchNorm2d(base * 8), nn.ReLU()]
        for a, b in [(8, 4), (4, 2), (2, 1)]:
            layers.append(nn.ConvTranspose2d(base * a, base * b, 4, 2, 1, bias=False))
            layers += [nn.BatchNorm2d(base * b), nn.ReLU()]
        layers += [nn.ConvTranspose2d(base, 3, 4, 2, 1, bias=False), nn.Tanh()]
        return nn.Sequential(nn.Unflatten(1, (latent, 1, 1)), *layers)

    @staticmethod
    def discriminator(base):
        layers = [nn.Conv2d(3, base, 4, 2, 1, bias=False), nn.LeakyReLU(0.2)]
        for a, b in [(1, 2), (2, 4), (4, 8)]:
            layers.append(nn.Conv2d(base * a, base * b, 4, 2, 1, bias=False))
            layers += [nn.BatchNorm2d(base * b), nn.LeakyReLU(0.2)]
        return nn.Sequential(*layers, nn.Conv2d(base * 8, 1, 4, 1, 0, bias=False), nn.Flatten())


def dcgan(batch, base, latent):
    G, D = Dcgan.generator(base, latent), Dcgan.discriminator(base)
    for module in [*G.modules(), *D.modules()]:
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.normal_(module.weight, 0, 0.02)
    return gan_step(G, D, torch.rand(batch, 3, 64, 64) * 2 - 1, latent)


class Vae(nn.Module):
    def __init__(self, features, hidden, latent):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(features, hidden), nn.ReLU())
        self.mu, self.log_variance = nn.Linear(hidden, latent), nn.Linear(hidden, latent)
        self.decoder = mlp([latent, hidden, features], nn.ReLU)

    def forward(self, x):
        h = self.body(x)
        mu, log_variance = self.mu(h), self.log_variance(h)
        z = mu + torch.exp(0.5 * log_variance) * torch.randn_like(mu)
        return self.decoder(z), mu, log_variance


def mlp_vae(batch, features, hidden, latent):
    model, x = Vae(features, hidden, latent), torch.rand(batch, features)
    optimizer = adam_of(model, 1e-3)

    def step():
        optimizer.zero_grad()
        logits, mu, log_variance = model(x)
        reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
        kl = 0.5 * (mu.square() + log_variance.exp() - log_variance - 1).sum()
        loss = (reconstruction + kl) / batch
        loss.backward()
        optimizer.step()
        return (loss.item(),)

    return step


class MaskedConv2d(nn.Conv2d):
    def __init__(self, kind, *arguments, **options):
        super().__init__(*arguments, **options)
        centre = self.kernel_size[0] // 2
        mask = torch.ones(self.kernel_size)
        mask[centre, centre + (1 if kind == "B" else 0) :] = 0
        mask[centre + 1 :] = 0
        self.register_buffer("mask", mask)

    def forward(self, x):
        return F.conv2d(x, self.weight * self.mask, self.bias, self.stride, self.padding)


def pixelcnn(batch, channels, layers, size):
    body = [MaskedConv2d("A", 1, channels, 7, padding=3), nn.ReLU()]
    for _ in range(layers - 2):
        body += [MaskedConv2d("B", channels, channels, 3, padding=1), nn.ReLU()]
    model = nn.Sequential(*body, nn.Conv2d(channels, 1, 1))
    x = (torch.rand(batch, 1, size, size) > 0.5).float()
    optimizer = adam_of(model, 1e-3)

    def step():
        optimizer.zero_grad()
        loss = F.binary_cross_entropy_with_logits(model(x), x, reduction="sum") / batch
        loss.backward()
        optimizer.step()
        return (loss.item(),)

    return step


MAKERS = {"mlpGan": mlp_gan, "dcgan": dcgan, "mlpVae": mlp_vae, "pixelCnn": pixelcnn}
