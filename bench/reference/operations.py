"""Single operations, as PyTorch's own autograd would run them."""

import torch
import torch.nn.functional as F

from twin import Twin, graph


def matmul(size):
    a, b = torch.randn(size, size), torch.randn(size, size)

    def step():
        a @ b

    return step


def conv(pass_, batch, channels, size, filters, kernel, stride, padding, mask=None):
    x = torch.randn(batch, channels, size, size)
    w = torch.randn(filters, channels, kernel, kernel) * 0.1
    keep = causal_mask(kernel, mask) if mask else None
    g = torch.randn_like(F.conv2d(x, w, None, stride, padding))
    wanted = [pass_ == "input", pass_ == "weight", False]

    def gradient(weight):
        pair, zero = [stride, stride], [0, 0]
        return torch.ops.aten.convolution_backward(
            g, x, weight, None, pair, [padding, padding], [1, 1], False, zero, 1, wanted
        )

    @torch.no_grad()
    def step():
        weight = w if keep is None else w * keep
        if pass_ == "forward":
            F.conv2d(x, weight, None, stride, padding)
            return
        gw = gradient(weight)[1]
        if keep is not None and gw is not None:
            gw * keep

    return step


def causal_mask(kernel, kind):
    centre = kernel // 2
    mask = torch.ones(kernel, kernel)
    mask[centre, centre + (1 if kind == "B" else 0) :] = 0
    mask[centre + 1 :] = 0
    return mask


def adam(shapes):
    parameters = [torch.nn.Parameter(torch.randn(*shape) * 0.02) for shape in shapes]
    for p in parameters:
        p.grad = torch.randn_like(p) * 0.01
    optimizer = torch.optim.Adam(parameters, lr=2e-4, betas=(0.5, 0.999))
    return lambda: optimizer.step() and None


def batch_norm(shape):
    x = torch.randn(*shape, requires_grad=True)
    layer = torch.nn.BatchNorm2d(shape[1])
    g = torch.randn(*shape)
    inputs = [x, *layer.parameters()]

    def step():
        torch.autograd.grad(layer(x), inputs, g)

    return step


def as_twin(maker):
    return lambda **options: Twin(graph(maker(**options)))


KINDS = {"matmul": matmul, "conv": conv, "adam": adam, "batchNorm": batch_norm}
MAKERS = {kind: as_twin(maker) for kind, maker in KINDS.items()}
