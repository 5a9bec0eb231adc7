"""The registry's classifier and rbm."""

import torch
import torch.nn.functional as F
from torch import nn

from autoencoding import conv_encoder
from twin import Parameter, Twin, descend, example_size, graph


def classifier(x, y, hidden, width, decay, lr, shape, classes, **_):
    """Convolutions, dense layers, dropout by half, a softmax with weight decay."""
    body, features = conv_encoder(shape, width)
    for units in hidden:
        body.extend([nn.Linear(features, units), nn.ReLU()])
        features = units
    top, dropout, y = nn.Linear(features, classes), nn.Dropout(0.5), y.long()

    def loss():
        return F.cross_entropy(top(dropout(body(x))), y) + 0.5 * decay * top.weight.square().sum()

    return descend(loss, [body, top], lr=lr)


class Rbm(nn.Module):
    def __init__(self, visible, hidden):
        super().__init__()
        self.W, self.b, self.c = Parameter(visible, hidden), Parameter(visible), Parameter(hidden)

    def free_energy(self, v):
        return -(v @ self.b()) - F.softplus(self.c() + v @ self.W()).sum(1)

    @torch.no_grad()
    def gibbs(self, v):
        h = torch.bernoulli(torch.sigmoid(self.c() + v @ self.W()))
        return torch.bernoulli(torch.sigmoid(self.b() + h @ self.W().T))


def rbm(x, hidden, k, chains, lr, decay, shape, y=None, **_):
    """Persistent contrastive divergence; the learning rate falls as 1/(1 + t/decay)."""
    v, size = (x.flatten(1) + 1) * 0.5, example_size(shape)
    machine = Rbm(size, hidden)
    optimizer = torch.optim.SGD(machine.parameters(), lr=lr)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda t: 1 / (1 + t / decay))
    chain = torch.randint(0, 2, (chains, size)).float()
    loss = graph(lambda fantasy: machine.free_energy(v).mean() - machine.free_energy(fantasy).mean())

    def step():
        for _ in range(k):
            chain.copy_(machine.gibbs(chain))
        optimizer.zero_grad()
        value = loss(chain)
        value.backward()
        optimizer.step()
        schedule.step()
        return (value.item(),)

    return Twin(step, machine)


MAKERS = {"registry classifier": classifier, "registry rbm": rbm}
