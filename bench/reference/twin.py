"""What all twins share: parameters in Imago's order, a step of gradient descent, and whether torch.compile is used."""

import torch
from torch import nn

compiling = False


def graph(function):
    """A loss as PyTorch is to run it: as written, or through torch.compile, backward pass included."""
    return torch.compile(function) if compiling else function


class Twin:
    """A training step and the modules that it trains, whose parameters come in the order of Imago's."""

    def __init__(self, step, *modules):
        self.step, self.modules = step, modules

    def entries(self):
        """Every parameter as Imago keeps it, a view on it ([in, out] where PyTorch has [out, in]), and whether it is loaded."""
        seen = set()
        for module in (m for top in self.modules for m in top.modules()):
            for name, parameter in module.named_parameters(recurse=False):
                if id(parameter) in seen:
                    continue
                seen.add(id(parameter))
                value = parameter.detach()
                if name == "weight" and isinstance(module, nn.Linear):
                    value = value.T
                kept = getattr(module, "kept", None)  # what a mask leaves of a kernel; the rest is never read
                if name == "weight" and kept:
                    value = value[:, :, : kept[0], : kept[1]]
                yield value, not getattr(module, "starts_by_itself", False)

    def shapes(self):
        return [list(value.shape) for value, _ in self.entries()]

    def load(self, values):
        for (mine, loaded), value in zip(self.entries(), values, strict=True):
            if loaded:
                mine.copy_(value)


def adam_of(module, lr, beta1=0.9):
    parameters = module.parameters() if isinstance(module, nn.Module) else module
    return torch.optim.Adam(parameters, lr=lr, betas=(beta1, 0.999))


def descend(loss, modules, optimizer=None, lr=1e-3, clip=None):
    """The twin that minimises `loss()` over the parameters of the modules."""
    parameters = [p for module in modules for p in module.parameters()]
    optimizer = optimizer or adam_of(parameters, lr)
    loss = graph(loss)

    def step():
        optimizer.zero_grad()
        value = loss()
        value.backward()
        if clip:
            nn.utils.clip_grad_norm_(parameters, clip)
        optimizer.step()
        return (value.item(),)

    return Twin(step, *modules)


def mlp(sizes, activation, ending=False):
    """Linear layers with activations between them, and after the last where `ending`."""
    layers = []
    for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
        layers += [nn.Linear(a, b)] + ([activation()] if ending or i < len(sizes) - 2 else [])
    return nn.Sequential(*layers)


class Parameter(nn.Module):
    """A parameter by itself."""

    def __init__(self, *shape):
        super().__init__()
        self.value = nn.Parameter(torch.zeros(*shape))

    def forward(self):
        return self.value


def example_size(shape):
    size = 1
    for n in shape:
        size *= n
    return size


def pyramid(size):
    """Sizes from about 4 pixels up to `size`, each half the next."""
    sizes = [size]
    while sizes[0] > 4:
        sizes.insert(0, (sizes[0] + 1) // 2)
    return sizes


def stride2(size):
    """Kernel, stride and padding between `size` pixels and half as many, rounded up."""
    return {"kernel_size": 4 if size % 2 == 0 else 3, "stride": 2, "padding": 1}


def to_unit(x, kind):
    return (x + 1) * 0.5 if kind == "image" else x
