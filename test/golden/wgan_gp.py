"""
The gradient penalty of WGAN-GP (Gulrajani et al. 2017, arXiv:1704.00028, equation 3) of a small convolutional critic, and
its gradient in every parameter, in float64 by PyTorch 2.13. Run `python3 test/golden/wgan_gp.py`.
"""

import math

import torch
import torch.nn.functional as F
from golden import exact, listed, real, rng, tensor, write


def uniform(shape, fan_in):
    return torch.tensor(exact(rng.uniform(-1, 1, shape) / math.sqrt(fan_in)))


params = {
    "w1": uniform((8, 3, 4, 4), 48),
    "b1": uniform((8,), 48),
    "w2": uniform((16, 8, 4, 4), 128),
    "b2": uniform((16,), 128),
    "w3": uniform((256, 1), 256),
    "b3": uniform((1,), 256),
}
for p in params.values():
    p.requires_grad_()
x = real((8, 3, 16, 16), -1, 1).requires_grad_()


def critic(x):
    h = torch.tanh(F.conv2d(x, params["w1"], params["b1"], stride=2, padding=1))
    h = F.softplus(F.conv2d(h, params["w2"], params["b2"], stride=2, padding=1))
    return h.flatten(1) @ params["w3"] + params["b3"]


(slope,) = torch.autograd.grad(critic(x).sum(), [x], create_graph=True)
penalty = ((slope.square().sum([1, 2, 3]).sqrt() - 1) ** 2).mean()
# The penalty does not depend on the last bias: its gradient is None here and zeros in Imago.
grads = torch.autograd.grad(penalty, list(params.values()), allow_unused=True)
size = write(
    "wgan-gp.json",
    {
        "x": tensor(x, True),
        "params": {name: tensor(p, True) for name, p in params.items()},
        "penalty": float(f"{penalty.item():.9g}"),
        "grads": {name: None if g is None else listed(g) for name, g in zip(params, grads)},
    },
)
print(f"penalty {penalty.item():.6f}, {size / 1e3:.0f} kB")
