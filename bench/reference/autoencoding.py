"""Autoencoders: the perceptron of ../models, and the registry's autoencoder, vae, iwae and cvae."""

import math

import torch
import torch.nn.functional as F
from torch import nn

from twin import descend, example_size, mlp, pyramid, stride2, to_unit


def bernoulli_log_prob(logits, x):
    """Of each example."""
    return -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").flatten(1).sum(1)


def standard_kl(mu, log_variance):
    return 0.5 * (mu.square() + log_variance.exp() - log_variance - 1).sum(-1)


def draw(mu, log_variance, *count):
    return mu + torch.exp(0.5 * log_variance) * torch.randn(*count, *mu.shape)


class Encoder(nn.Module):
    """Features, and of them the mean and the log variance."""

    def __init__(self, body, features, latent):
        super().__init__()
        self.body = body
        self.mu, self.log_variance = nn.Linear(features, latent), nn.Linear(features, latent)

    def forward(self, x):
        h = self.body(x)
        return self.mu(h), self.log_variance(h)


def conv_encoder(shape, width):
    """Halving convolutions; the module and the number of features it gives."""
    sizes, channels, layers = pyramid(shape[1]), shape[0], []
    for i, size in enumerate(reversed(sizes[1:])):
        layers += [nn.Conv2d(channels, width * 2**i, **stride2(size)), nn.ReLU()]
        channels = width * 2**i
    return nn.Sequential(*layers, nn.Flatten()), channels * sizes[0] ** 2


def conv_decoder(latent, shape, width):
    base, *sizes = pyramid(shape[1])
    channels = [width * 2**i for i in range(len(sizes))][::-1]
    start = nn.Linear(latent, channels[0] * base**2)
    layers = [start, nn.ReLU(), nn.Unflatten(1, (channels[0], base, base))]
    for i, size in enumerate(sizes[:-1]):
        layers += [nn.ConvTranspose2d(channels[i], channels[i + 1], **stride2(size)), nn.ReLU()]
    return nn.Sequential(*layers, nn.ConvTranspose2d(channels[-1], shape[0], **stride2(shape[1])))


def mlp_vae(x, features, hidden, latent):
    encoder = Encoder(mlp([features, hidden], nn.ReLU, ending=True), hidden, latent)
    decoder = mlp([latent, hidden, features], nn.ReLU)

    def loss():
        mu, log_variance = encoder(x)
        logits = decoder(draw(mu, log_variance))
        reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
        return (reconstruction + standard_kl(mu, log_variance).sum()) / len(x)

    return descend(loss, [encoder, decoder])


def registry_vae(x, latent, networks, hidden, width, lr, kind, shape, y=None, **_):
    x, size = to_unit(x, kind), example_size(shape)
    if networks == "conv":
        body, features = conv_encoder(shape, width)
        decoder = conv_decoder(latent, shape, width)
    else:
        body, features = nn.Sequential(nn.Flatten(), mlp([size, *hidden], nn.ReLU, ending=True)), hidden[-1]
        decoder = nn.Sequential(mlp([latent, *hidden[::-1], size], nn.ReLU), nn.Unflatten(1, shape))
    encoder = Encoder(body, features, latent)

    def loss():
        mu, log_variance = encoder(x)
        logits = decoder(draw(mu, log_variance))
        return (standard_kl(mu, log_variance) - bernoulli_log_prob(logits, x)).mean()

    return descend(loss, [encoder, decoder], lr=lr)


def registry_autoencoder(x, latent, hidden, lr, kind, shape, y=None, **_):
    x, size = to_unit(x, kind).flatten(1), example_size(shape)
    f = mlp([size, *hidden, latent], nn.ReLU)
    g = mlp([latent, *hidden[::-1], size], nn.ReLU)
    return descend(lambda: -bernoulli_log_prob(g(f(x)), x).mean(), [f, g], lr=lr)


def log_normal(x, mu, log_variance):
    terms = log_variance + (x - mu).square() / log_variance.exp() + math.log(2 * math.pi)
    return -0.5 * terms.sum(-1)


def registry_iwae(x, latent, hidden, samples, lr, kind, shape, y=None, **_):
    x, size = to_unit(x, kind).flatten(1), example_size(shape)
    encoder = Encoder(mlp([size, *hidden], nn.Tanh, ending=True), hidden[-1], latent)
    decoder = mlp([latent, *hidden[::-1], size], nn.Tanh)
    copies = x.repeat(samples, 1)

    def loss():
        mu, log_variance = encoder(x)
        h = draw(mu, log_variance, samples)
        log_prior = -0.5 * (h.square() + math.log(2 * math.pi)).sum(-1)
        given = bernoulli_log_prob(decoder(h.flatten(0, 1)), copies).view(samples, -1)
        log_w = given + log_prior - log_normal(h, mu, log_variance)
        return -(log_w.logsumexp(0) - math.log(samples)).mean()

    return descend(loss, [encoder, decoder], lr=lr)


def registry_cvae(x, y, latent, hidden, lr, kind, shape, classes, **_):
    x, size = to_unit(x, kind).flatten(1), example_size(shape)
    label = F.one_hot(y.long(), classes).float()

    def gaussian(inputs):
        return Encoder(mlp([inputs, *hidden], nn.ReLU, ending=True), hidden[-1], latent)

    recognition, prior = gaussian(classes + size), gaussian(classes)
    generation = mlp([classes + latent, *hidden[::-1], size], nn.ReLU)

    def loss():
        mu_p, log_p = prior(label)
        mu, log_q = recognition(torch.cat([label, x], 1))
        ratio = log_q - log_p
        kl = 0.5 * (ratio.exp() + (mu - mu_p).square() / log_p.exp() - ratio - 1).sum(-1)
        logits = generation(torch.cat([label, draw(mu, log_q)], 1))
        return (kl - bernoulli_log_prob(logits, x)).mean()

    return descend(loss, [recognition, prior, generation], lr=lr)


MAKERS = {
    "mlpVae": mlp_vae,
    "registry vae": registry_vae,
    "registry autoencoder": registry_autoencoder,
    "registry iwae": registry_iwae,
    "registry cvae": registry_cvae,
}
