"""
Reference values of every operation: y, the gradient of ⟨y, c⟩, and second-order results, in float64 by PyTorch 2.13.
Run `python3 test/golden/ops.py`; it writes data/<family>.json. test/golden/cases.ts names Imago's operation for each.
"""

import numpy as np
import torch
import torch.nn.functional as F
from golden import differentiate, distinct, exact, real, rng, whole, write

families = {}


def case(family, op, inputs, fn, second=True, **options):
    entry = {"op": op, "options": options, **differentiate(fn, inputs, second)}
    cases = families.setdefault(family, {})
    cases[f"{op}/{sum(k.startswith(op + '/') for k in cases) + 1}"] = entry


def shape(rank=None, low=2, high=5):
    rank = rank or int(rng.integers(1, 5))
    return tuple(int(d) for d in rng.integers(low, high + 1 if rank < 4 else 4, rank))


# ---- elementwise -------------------------------------------------------------------------------------------------
UNARY = {
    "neg": (torch.neg, {}),
    "abs": (torch.abs, {"avoid": [0]}),
    "exp": (torch.exp, {}),
    "expm1": (torch.expm1, {}),
    "log": (torch.log, {"low": 0.3, "high": 4}),
    "log1p": (torch.log1p, {"low": -0.6, "high": 3}),
    "sqrt": (torch.sqrt, {"low": 0.3, "high": 4}),
    "rsqrt": (torch.rsqrt, {"low": 0.3, "high": 4}),
    "square": (torch.square, {}),
    "reciprocal": (torch.reciprocal, {"avoid": [0], "margin": 0.4}),
    "sin": (torch.sin, {}),
    "cos": (torch.cos, {}),
    "tan": (torch.tan, {"low": -1.2, "high": 1.2}),
    "atan": (torch.atan, {}),
    "tanh": (torch.tanh, {}),
    "sigmoid": (torch.sigmoid, {}),
    "logSigmoid": (F.logsigmoid, {}),
    "softplus": (F.softplus, {}),
    "relu": (F.relu, {"avoid": [0]}),
    "elu": (F.elu, {"avoid": [0]}),
    "selu": (F.selu, {"avoid": [0]}),
    "gelu": (F.gelu, {}),
    "silu": (F.silu, {}),
    "erf": (torch.erf, {}),
}
for name, (fn, bounds) in UNARY.items():
    for _ in range(3):
        case("elementwise", name, [real(shape(), **bounds)], fn)
# Wide ranges. The norm of the result must not come from saturated units alone: their derivatives are differences of
# nearly equal numbers such as 1 − σ(x), which float32 cannot hold, PyTorch's no better than ours.
for name, high in [("sigmoid", 12), ("softplus", 20), ("logSigmoid", 20), ("tanh", 6)]:
    case("elementwise", name, [torch.tensor(exact(np.linspace(-high, high, 13) + 0.3))], UNARY[name][0])
for name in ["expm1", "log1p"]:
    case("elementwise", name, [real((12,), -0.01, 0.01)], UNARY[name][0])
for slope in [0.01, 0.2, 0.5]:
    case("elementwise", "leakyRelu", [real(shape(), avoid=[0])], lambda x, s=slope: F.leaky_relu(x, s), slope=slope)
for alpha in [0.5, 1.7]:
    case("elementwise", "elu", [real(shape(), avoid=[0])], lambda x, a=alpha: F.elu(x, a), alpha=alpha)
for dims, slopes in [((2, 3, 4), (3,)), ((4, 3), (3,)), ((2, 2, 3, 3), (1,))]:
    case("elementwise", "prelu", [real(dims, avoid=[0]), real(slopes, 0, 0.5)], F.prelu)
for low, high in [(-1, 1), (-0.5, 1.5), (0, 0.7)]:
    case("elementwise", "clip", [real(shape(), avoid=[low, high])], lambda x, l=low, h=high: x.clip(l, h), low=low, high=high)

PAIRS = [((3, 4), (3, 4)), ((2, 1, 4), (3, 1)), ((5,), (2, 3, 5)), ((), (2, 3)), ((2, 3, 1, 2), (4, 1))]
BINARY = {"add": torch.add, "sub": torch.sub, "mul": torch.mul, "div": torch.div}
for a, b in PAIRS:
    for name, fn in BINARY.items():
        case("elementwise", name, [real(a), real(b, avoid=[0], margin=0.5)], fn)
    case("elementwise", "pow", [real(a, 0.3, 2.5), real(b)], torch.pow)
    gap = real(a, avoid=[0], margin=0.2)
    base = real(a)
    case("elementwise", "maximum", [base, torch.tensor(exact((base + gap).numpy()))], torch.maximum)
    case("elementwise", "minimum", [base, torch.tensor(exact((base + gap).numpy()))], torch.minimum)
    condition = whole(b, 2).bool()
    case("elementwise", "where", [condition, real(a), real(b)], torch.where)
for exponent in [2, 3, 0.5, -1, -1.5, 1]:
    case("elementwise", "powScalar", [real((3, 4), 0.3, 2.5)], lambda x, e=exponent: x**e, exponent=exponent)
case("elementwise", "powScalar", [real((3, 4), avoid=[0], margin=0.3)], lambda x: x**3, exponent=3)
case("elementwise", "maximum", [real((3, 1, 2), 0.2, 1), real((4, 1), -1, -0.2)], torch.maximum)
case("elementwise", "minimum", [real((3, 1, 2), 0.2, 1), real((4, 1), -1, -0.2)], torch.minimum)

# ---- reductions --------------------------------------------------------------------------------------------------
AXES = [((3, 4), None, False), ((2, 3, 4), [1], False), ((2, 3, 4), [0, 2], True), ((5,), [0], False), ((2, 3, 2, 3), [-1], True)]
for dims, axes, keep in AXES:
    every = list(range(len(dims))) if axes is None else axes
    options = {"axes": axes, "keepdims": keep}
    if axes is None:
        options.pop("axes")
    total = lambda f: lambda x: f(x, every, keep)
    case("reductions", "sum", [real(dims)], total(lambda x, a, k: x.sum(a, keepdim=k)), **options)
    case("reductions", "mean", [real(dims)], total(lambda x, a, k: x.mean(a, keepdim=k)), **options)
    case("reductions", "max", [distinct(dims)], total(lambda x, a, k: x.amax(a, keepdim=k)), **options)
    case("reductions", "min", [distinct(dims)], total(lambda x, a, k: x.amin(a, keepdim=k)), **options)
    case("reductions", "logsumexp", [real(dims)], total(lambda x, a, k: x.logsumexp(a, keepdim=k)), **options)
    case("reductions", "norm", [real(dims)], total(lambda x, a, k: torch.linalg.vector_norm(x, 2, a, k)), **options)
    for correction in [0, 1]:
        v = lambda x, a, k: x.var(a, correction=correction, keepdim=k)
        s = lambda x, a, k: x.std(a, correction=correction, keepdim=k)
        case("reductions", "variance", [real(dims)], total(v), correction=correction, **options)
        case("reductions", "std", [real(dims)], total(s), correction=correction, **options)

    def product(x, a, k):
        for axis in sorted((i % x.ndim for i in a), reverse=True):
            x = x.prod(axis, keepdim=k)
        return x

    case("reductions", "prod", [real(dims, avoid=[0], margin=0.4)], total(product), **options)
for dims, axis in [((5,), 0), ((3, 4), 0), ((2, 3, 4), 1), ((2, 3, 4), -1)]:
    case("reductions", "cumsum", [real(dims)], lambda x: x.cumsum(axis), axis=axis)
    case("reductions", "softmax", [real(dims)], lambda x: x.softmax(axis), axis=axis)
    case("reductions", "logSoftmax", [real(dims)], lambda x: x.log_softmax(axis), axis=axis)
for reverse, exclusive in [(True, False), (False, True), (True, True)]:

    def running(x):
        y = x.flip(1) if reverse else x
        y = y.cumsum(1) - y if exclusive else y.cumsum(1)
        return y.flip(1) if reverse else y

    case("reductions", "cumsum", [real((2, 4, 2))], running, axis=1, reverse=reverse, exclusive=exclusive)
for dims, axis in [((5,), 0), ((3, 4), 0), ((2, 3, 4), -1)]:
    case("reductions", "cumprod", [real(dims, avoid=[0], margin=0.4)], lambda x: x.cumprod(axis), axis=axis)
for order in [1, 2]:
    fn = lambda x: torch.linalg.vector_norm(x, order, 1)
    case("reductions", "norm", [real((3, 5), avoid=[0])], fn, axes=[1], keepdims=False, order=order)
far = real((3, 5)) + torch.tensor([[-90.0], [0.0], [90.0]]) - torch.tensor([0.0, 0.0, 40.0, 0.0, 0.0])
for name, fn in {"softmax": torch.softmax, "logSoftmax": torch.log_softmax}.items():
    case("reductions", name, [torch.tensor(exact(far.numpy()))], lambda x: fn(x, 1), axis=1)
case("reductions", "logsumexp", [real((3, 5), 60, 95)], lambda x: x.logsumexp(1), axes=[1], keepdims=False)

# ---- linear algebra ----------------------------------------------------------------------------------------------
for a, b in [((3, 4), (4, 2)), ((5,), (5, 3)), ((2, 5), (5,)), ((6,), (6,)), ((2, 3, 4), (4, 5)), ((2, 3, 4), (2, 4, 2)), ((3, 1, 2, 4), (2, 4, 3)), ((4, 2), (3, 2, 5))]:
    case("linear algebra", "matmul", [real(a), real(b)], torch.matmul)
for batch, i, o in [(3, 4, 5), (1, 6, 2), (4, 2, 3)]:
    case("linear algebra", "dense", [real((batch, i)), real((i, o)), real((o,))], lambda x, w, b: x @ w + b)
EINSUM = [
    ("ij,jk->ik", (3, 4), (4, 2)),
    ("bij,bkj->bik", (2, 3, 4), (2, 5, 4)),
    ("i,j->ij", (3,), (4,)),
    ("ij,ij->", (3, 4), (3, 4)),
    ("bhqd,bhkd->bhqk", (2, 2, 3, 4), (2, 2, 2, 4)),
    ("ijk->ki", (2, 3, 4)),
    ("ij->j", (3, 4)),
    ("bi,ij,bj->b", (3, 2), (2, 4), (3, 4)),
]
for equation, *dims in EINSUM:
    case("linear algebra", "einsum", [real(d) for d in dims], lambda *xs: torch.einsum(equation, *xs), equation=equation)
for n, m in [(3, 4), (1, 5), (4, 4)]:
    case("linear algebra", "outer", [real((n,)), real((m,))], torch.outer)
for dims, offset in [((4, 4), 0), ((3, 5), 1), ((5, 3), -2), ((2, 3, 4), 0)]:
    case("linear algebra", "diagonal", [real(dims)], lambda x: x.diagonal(offset, -2, -1), offset=offset)
for n, m in [(3, 3), (4, 2), (2, 5)]:
    case("linear algebra", "trace", [real((n, m))], torch.trace)

# ---- convolution -------------------------------------------------------------------------------------------------
CONV = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
CONV_TRANSPOSE = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}
# n, spatial, in, out, kernel, options
GEOMETRIES = [
    (2, (7,), 2, 3, (3,), {}),
    (2, (9,), 4, 2, (3,), {"stride": 2, "padding": 1, "groups": 2}),
    (1, (10,), 2, 2, (3,), {"dilation": 2, "padding": 2}),
    (2, (8,), 3, 3, (4,), {"stride": 3, "padding": 1, "groups": 3}),
    (2, (5, 5), 2, 3, (3, 3), {}),
    (2, (6, 6), 2, 2, (4, 4), {"stride": 2, "padding": 1}),
    (1, (7, 6), 2, 4, (3, 2), {"stride": [2, 3], "padding": [1, 0], "groups": 2}),
    (1, (7, 8), 2, 2, (3, 3), {"dilation": [2, 1], "padding": [2, 1]}),
    (2, (4, 5), 3, 2, (1, 1), {}),
    (1, (8, 7), 2, 2, (3, 3), {"stride": 2, "dilation": 2, "padding": 1}),
    (1, (5, 5), 4, 4, (3, 3), {"groups": 4, "padding": 1}),
    (1, (3, 4, 3), 2, 2, (2, 2, 2), {}),
    (1, (5, 4, 4), 2, 2, (3, 2, 3), {"stride": 2, "padding": 1, "groups": 2}),
    (1, (5, 3, 3), 1, 2, (2, 3, 1), {"dilation": [2, 1, 1], "padding": [1, 1, 0], "stride": [1, 2, 1]}),
]
for n, spatial, cin, cout, kernel, options in GEOMETRIES:
    rank = len(spatial)
    w = real((cout, cin // options.get("groups", 1), *kernel), -1, 1)
    case("convolution", "conv", [real((n, cin, *spatial), -1, 1), w], lambda x, w: CONV[rank](x, w, **options), **options)
for before, after in [([1, 0], [2, 1]), ([0, 2], [1, 0])]:
    fn = lambda x, w: F.conv2d(F.pad(x, [before[1], after[1], before[0], after[0]]), w, stride=2)
    case("convolution", "conv", [real((1, 2, 5, 6), -1, 1), real((2, 2, 3, 3), -1, 1)], fn, stride=2, padding=[*before, *after])
fn = lambda x, w: F.conv2d(x, w, padding="same")
case("convolution", "conv", [real((1, 2, 4, 5), -1, 1), real((2, 2, 3, 4), -1, 1)], fn, padding="same")

TRANSPOSED = [
    (2, (4,), 2, 3, (3,), {}),
    (1, (4,), 4, 2, (4,), {"stride": 2, "padding": 1, "groups": 2}),
    (1, (4,), 2, 2, (3,), {"stride": 3, "outputPadding": 2}),
    (2, (3, 4), 2, 3, (3, 3), {}),
    (2, (3, 3), 2, 2, (4, 4), {"stride": 2, "padding": 1}),
    (1, (3, 4), 4, 2, (3, 3), {"stride": 2, "padding": 1, "outputPadding": 1, "groups": 2}),
    (1, (3, 3), 2, 2, (3, 2), {"stride": [2, 3], "padding": [1, 0], "outputPadding": [1, 2], "dilation": [2, 1]}),
    (1, (4, 4), 3, 2, (1, 1), {}),
    (1, (2, 3, 2), 2, 2, (2, 2, 2), {}),
    (1, (2, 3, 2), 2, 2, (3, 3, 2), {"stride": 2, "padding": [1, 1, 0], "outputPadding": [1, 0, 1], "groups": 2}),
    (1, (3, 2, 2), 1, 2, (2, 2, 3), {"dilation": 2, "padding": 1}),
]
for n, spatial, cin, cout, kernel, options in TRANSPOSED:
    rank = len(spatial)
    theirs = {"output_padding" if k == "outputPadding" else k: v for k, v in options.items()}
    w = real((cin, cout // options.get("groups", 1), *kernel), -1, 1)
    fn = lambda x, w: CONV_TRANSPOSE[rank](x, w, **theirs)
    case("convolution", "convTranspose", [real((n, cin, *spatial), -1, 1), w], fn, **options)

# ---- pooling, resize, pad, pixel shuffle, grid sample --------------------------------------------------------------
MAX_POOL = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
AVERAGE_POOL = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}
POOLS = [
    ((2, 2, 8), [2], {}),
    ((1, 2, 9), [3], {"stride": 2, "padding": 1}),
    ((2, 2, 4, 6), [2, 2], {}),
    ((1, 2, 7, 7), [3, 3], {"stride": 2, "padding": 1}),
    ((1, 2, 6, 5), [3, 2], {"stride": [1, 2]}),
    ((1, 2, 4, 4, 4), [2, 2, 2], {}),
    ((1, 1, 5, 4, 5), [3, 2, 3], {"stride": 2, "padding": [1, 0, 1]}),
]
for dims, kernel, options in POOLS:
    fn = lambda x: MAX_POOL[len(kernel)](x, kernel, **options)
    case("images", "maxPool", [distinct(dims)], fn, kernel=kernel, **options)
    mean = lambda x: AVERAGE_POOL[len(kernel)](x, kernel, **options)
    case("images", "avgPool", [real(dims)], mean, kernel=kernel, **options)
for dims in [(2, 3, 5), (2, 3, 4, 3), (1, 2, 3, 2, 2)]:
    spatial = list(range(2, len(dims)))
    case("images", "globalAvgPool", [real(dims)], lambda x: x.mean(spatial))
    case("images", "globalMaxPool", [distinct(dims)], lambda x: x.amax(spatial))

for dims, size in [((2, 2, 4), [8]), ((1, 2, 3, 4), [6, 8]), ((1, 2, 4, 6), [2, 3]), ((1, 1, 5, 4), [8, 6]), ((1, 1, 2, 3, 2), [4, 6, 4])]:
    case("images", "resizeNearest", [real(dims)], lambda x: F.interpolate(x, size, mode="nearest"), size=size)
LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}
for align in [False, True]:
    for dims, size in [((1, 2, 3, 4), [6, 8]), ((1, 2, 4, 6), [2, 3]), ((1, 2, 5, 4), [8, 6]), ((2, 1, 4, 4), [7, 3]), ((2, 2, 5), [8]), ((1, 1, 2, 3, 2), [4, 4, 3])]:
        fn = lambda x: F.interpolate(x, size, mode=LINEAR[len(size)], align_corners=align)
        case("images", "resizeBilinear", [real(dims)], fn, size=size, alignCorners=align)

MODES = {"constant": "constant", "reflect": "reflect", "edge": "replicate"}
for mode, theirs in MODES.items():
    for dims, pads in [((2, 2, 4), [[1, 2]]), ((1, 2, 4, 5), [[2, 1], [0, 3]]), ((1, 1, 3, 4, 3), [[1, 2], [2, 0], [1, 1]])]:
        flat = [v for pair in reversed(pads) for v in pair]
        case("images", "pad", [real(dims)], lambda x: F.pad(x, flat, theirs), pads=pads, mode=mode)
case("images", "pad", [real((3, 4))], lambda x: F.pad(x, [1, 2, 2, 0], value=1.5), pads=[[2, 0], [1, 2]], mode="constant", value=1.5)

for dims, factor in [((2, 4, 2, 3), 2), ((1, 9, 2, 2), 3), ((1, 8, 1, 3), 2)]:
    case("images", "pixelShuffle", [real(dims)], lambda x: F.pixel_shuffle(x, factor), factor=factor)
for dims, factor in [((2, 1, 4, 6), 2), ((1, 1, 6, 3), 3), ((1, 2, 2, 4), 2)]:
    case("images", "pixelUnshuffle", [real(dims)], lambda x: F.pixel_unshuffle(x, factor), factor=factor)


def grid_sample(x, grid, padding, align):
    """Bilinear sampling written out, because PyTorch's own has no second derivative; checked against it below."""
    n, channels, height, width = x.shape

    def unnormalize(g, size):
        return (g + 1) / 2 * (size - 1) if align else ((g + 1) * size - 1) / 2

    px, py = unnormalize(grid[..., 0], width), unnormalize(grid[..., 1], height)
    if padding == "border":
        px, py = px.clip(0, width - 1), py.clip(0, height - 1)
    x0, y0 = px.detach().floor(), py.detach().floor()
    batch = torch.arange(n).reshape(n, 1, 1)
    total = 0
    for dy in [0, 1]:
        for dx in [0, 1]:
            ix, iy = (x0 + dx).long(), (y0 + dy).long()
            inside = (ix >= 0) & (ix < width) & (iy >= 0) & (iy < height)
            value = x.permute(0, 2, 3, 1)[batch, iy.clip(0, height - 1), ix.clip(0, width - 1)]
            weight = (1 - (px - (x0 + dx)).abs()) * (1 - (py - (y0 + dy)).abs()) * inside
            total = total + value * weight[..., None]
    return total.permute(0, 3, 1, 2)


def grid_for(dims, out, align):
    """Positions whose fractions of a pixel stay away from 0, where the interpolation has kinks; some lie outside."""
    _, _, height, width = dims
    axes = []
    for size in [width, height]:
        position = rng.integers(-2, size + 1, (dims[0], *out)) + rng.uniform(0.2, 0.8, (dims[0], *out))
        axes.append(torch.tensor(2 * position / (size - 1) - 1 if align else (2 * position + 1) / size - 1))
    stacked = torch.stack(axes, -1)
    return torch.tensor((stacked * 1e4).round().numpy() / 1e4).float().double()


for padding in ["zeros", "border"]:
    for dims, out, align in [((1, 2, 4, 5), (3, 4), False), ((2, 1, 3, 3), (2, 5), False), ((1, 2, 5, 3), (4, 3), True), ((2, 2, 4, 4), (3, 3), True)]:
        x, grid = real(dims), grid_for(dims, out, align)
        ours = grid_sample(x, grid, padding, align)
        theirs = F.grid_sample(x, grid, mode="bilinear", padding_mode=padding, align_corners=align)
        torch.testing.assert_close(ours, theirs, atol=1e-12, rtol=1e-12)
        case("images", "gridSample", [x, grid], lambda x, g: grid_sample(x, g, padding, align), padding=padding, alignCorners=align)

# ---- shapes ------------------------------------------------------------------------------------------------------
for dims, to in [((3, 4), [2, 6]), ((2, 3, 2), [-1]), ((12,), [3, -1, 2])]:
    case("shapes", "reshape", [real(dims)], lambda x: x.reshape(to), shape=to)
for dims, a, b in [((3, 4), -2, -1), ((2, 3, 4), 0, 2), ((2, 3, 2, 2), 1, -1)]:
    case("shapes", "transpose", [real(dims)], lambda x: x.transpose(a, b), a=a, b=b)
for dims, perm in [((2, 3, 4), [2, 0, 1]), ((2, 3, 2, 2), [0, 2, 3, 1]), ((3, 4), [1, 0])]:
    case("shapes", "permute", [real(dims)], lambda x: x.permute(perm), perm=perm)
for dims, axes in [((3, 1, 4), [1]), ((1, 3, 1), [0, 2]), ((1, 5), [0])]:
    case("shapes", "squeeze", [real(dims)], lambda x: x.squeeze(axes), axes=axes)
for dims, axis in [((3, 4), 0), ((3, 4), -1), ((2, 3, 2), 1)]:
    case("shapes", "unsqueeze", [real(dims)], lambda x: x.unsqueeze(axis), axis=axis)
for dims, to in [((3, 1), [3, 4]), ((4,), [2, 3, 4]), ((2, 1, 3), [2, 5, -1])]:
    case("shapes", "expand", [real(dims)], lambda x: x.expand(to), shape=to)
for dims, counts in [((2, 3), [2, 2]), ((3,), [2, 4]), ((2, 3, 2), [1, 3, 2])]:
    case("shapes", "tile", [real(dims)], lambda x: x.tile(counts), counts=counts)
for dims, axis in [((2, 3), 0), ((3, 2, 2), 1), ((2, 4), -1)]:
    case("shapes", "repeat", [real(dims)], lambda x: x.repeat_interleave(3, axis), count=3, axis=axis)
for parts, axis in [([(2, 3), (4, 3)], 0), ([(2, 1, 3), (2, 2, 3), (2, 4, 3)], 1), ([(3, 2), (3, 1)], -1)]:
    case("shapes", "concat", [real(d) for d in parts], lambda *xs: torch.cat(xs, axis), axis=axis)
for count, dims, axis in [(3, (2, 3), 0), (2, (4,), 1), (3, (2, 2), -1)]:
    case("shapes", "stack", [real(dims) for _ in range(count)], lambda *xs: torch.stack(xs, axis), axis=axis)
# Of split, piece `take`: the derivative must put zeros at the others.
for dims, parts, axis, take in [((6, 2), 3, 0, 1), ((2, 5), [2, 3], 1, 0), ((2, 4, 3), [1, 1, 2], -2, 2)]:
    size = [dims[axis] // parts] * parts if isinstance(parts, int) else parts
    case("shapes", "split", [real(dims)], lambda x: x.split(size, axis)[take], parts=parts, axis=axis, take=take)


def numpy_slice(x, ranges):
    for axis, r in reversed(list(enumerate(ranges))):
        if isinstance(r, int):
            x = x.select(axis, r)
        elif r is not None:
            start, stop, step = (list(r) + [None] * 3)[:3]
            index = torch.tensor(list(range(*slice(start, stop, step).indices(x.shape[axis]))))
            x = x.index_select(axis, index)
    return x


for dims, ranges in [((5, 6), [[1, 4], [0, -1]]), ((7,), [[None, None, -2]]), ((4, 5, 3), [None, [4, 0, -3], 1]), ((6, 5), [[1, None, 2], -1]), ((3, 8), [[-2, None], [6, 1, -2]])]:
    case("shapes", "slice", [real(dims)], lambda x: numpy_slice(x, ranges), ranges=ranges)
for dims, axes in [((5,), [0]), ((3, 4), [0, 1]), ((2, 3, 4), [1])]:
    case("shapes", "flip", [real(dims)], lambda x: x.flip(axes), axes=axes)
for dims, shift, axes in [((5,), [2], [0]), ((3, 4), [-1, 2], [0, 1]), ((2, 3, 4), [5], [2])]:
    case("shapes", "roll", [real(dims)], lambda x: x.roll(shift, axes), shift=shift, axes=axes)
for dims, k in [((4, 4), 0), ((3, 5), 1), ((2, 4, 3), -1)]:
    case("shapes", "tril", [real(dims)], lambda x: x.tril(k), k=k)
    case("shapes", "triu", [real(dims)], lambda x: x.triu(k), k=k)

# ---- gather and scatter ------------------------------------------------------------------------------------------


def take(x, index, axis):
    axis %= x.ndim
    picked = x.index_select(axis, index.reshape(-1))
    return picked.reshape(*x.shape[:axis], *index.shape, *x.shape[axis + 1 :])


for dims, index, axis in [((5, 3), (4,), 0), ((2, 6), (2, 3), 1), ((3, 4, 2), (5,), -2), ((6,), (2, 2), 0)]:
    i = whole(index, dims[axis])
    case("indexing", "gather", [real(dims), i], lambda x, i: take(x, i, axis), axis=axis)
for dims, index, axis in [((3, 5), (3, 4), 1), ((4, 3), (6, 3), 0), ((2, 3, 4), (2, 3, 2), -1)]:
    i = whole(index, dims[axis])
    case("indexing", "takeAlongAxis", [real(dims), i], lambda x, i: x.gather(axis, i), axis=axis)
for dims, index, axis in [((3, 5), (3, 4), 1), ((4, 3), (6, 3), 0), ((2, 3, 4), (2, 3, 3), -1)]:
    i = whole(index, dims[axis])
    fn = lambda x, i, u: x.scatter_add(axis, i, u)
    case("indexing", "scatterAdd", [real(dims), i, real(index)], fn, axis=axis)
for rows, width, index in [(5, 3, (4,)), (7, 2, (2, 3)), (4, 4, (3, 2, 1))]:
    case("indexing", "embedding", [real((rows, width)), whole(index, rows)], lambda t, i: F.embedding(i, t))

# ---- normalisation: formulas of the operations above, whose second derivatives the penalties of GANs need -------------
EPS = 1e-5
for dims in [(4, 3), (3, 2, 4), (2, 3, 3, 3)]:
    channels = dims[1]
    w, b = real((channels,), 0.5, 1.5), real((channels,))
    fn = lambda x, w, b: F.batch_norm(x, None, None, w, b, training=True, eps=EPS)
    case("normalisation", "batchNorm", [real(dims), w, b], fn)
for dims, count in [((3, 5), 1), ((2, 3, 4), 1), ((2, 3, 2, 2), 3)]:
    normalized = dims[-count:]
    w, b = real(normalized, 0.5, 1.5), real(normalized)
    fn = lambda x, w, b: F.layer_norm(x, normalized, w, b, EPS)
    case("normalisation", "layerNorm", [real(dims), w, b], fn, axes=[-i for i in range(count, 0, -1)])
for dims in [(2, 3, 5), (2, 2, 3, 3), (1, 2, 2, 2, 3)]:
    case("normalisation", "instanceNorm", [real(dims)], lambda x: F.instance_norm(x, eps=EPS))
for dims, groups in [((2, 4, 3), 2), ((2, 6, 2, 2), 3), ((1, 4, 3, 2), 1)]:
    w, b = real((dims[1],), 0.5, 1.5), real((dims[1],))
    fn = lambda x, w, b: F.group_norm(x, groups, w, b, EPS)
    case("normalisation", "groupNorm", [real(dims), w, b], fn, groups=groups)
for dims in [(3, 5), (2, 3, 4), (4, 2)]:
    case("normalisation", "rmsNorm", [real(dims), real(dims[-1:], 0.5, 1.5)], lambda x, w: F.rms_norm(x, dims[-1:], w, EPS))
for dims in [(2, 4), (2, 3, 4), (2, 3, 2, 2)]:
    fn = lambda x: x * torch.rsqrt(x.square().mean(1, keepdim=True) + EPS)
    case("normalisation", "pixelNorm", [real(dims)], fn)

# ---- no derivative: values only --------------------------------------------------------------------------------------
for name, fn in {"floor": torch.floor, "ceil": torch.ceil, "round": torch.round, "sign": torch.sign}.items():
    with torch.no_grad():
        case("values", name, [real((3, 7), -4, 4, avoid=[-3, -2, -1, 0, 1, 2, 3], margin=0.01)], lambda x: fn(x.detach()))
case("values", "round", [torch.tensor([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5])], lambda x: torch.round(x.detach()))
COMPARE = {"equal": torch.eq, "notEqual": torch.ne, "less": torch.lt, "lessEqual": torch.le, "greater": torch.gt, "greaterEqual": torch.ge}
for name, fn in COMPARE.items():
    case("values", name, [torch.round(real((3, 4))), torch.round(real((4,)))], fn)
for name, fn in {"logicalAnd": torch.logical_and, "logicalOr": torch.logical_or, "logicalXor": torch.logical_xor}.items():
    case("values", name, [whole((3, 4), 2).bool(), whole((4,), 2).bool()], fn)
case("values", "logicalNot", [whole((3, 4), 2).bool()], torch.logical_not)
for dims, axis in [((4, 5), 1), ((2, 3, 4), 0), ((6,), -1)]:
    case("values", "argmax", [distinct(dims)], lambda x: x.argmax(axis), axis=axis)
    case("values", "argmin", [distinct(dims)], lambda x: x.argmin(axis), axis=axis)
for dims, axis in [((3, 4), 1), ((2, 3, 2), 0)]:
    case("values", "any", [(whole(dims, 3) == 0)], lambda x: x.any(axis), axis=axis)
    case("values", "all", [(whole(dims, 3) > 0)], lambda x: x.all(axis), axis=axis)
for dims, depth in [((5,), 4), ((2, 3), 3)]:
    case("values", "oneHot", [whole(dims, depth)], lambda i: F.one_hot(i, depth).double(), depth=depth)

for family, cases in families.items():
    size = write(f"{family.replace(' ', '-')}.json", cases)
    print(f"{family}: {len(cases)} cases, {size / 1e3:.0f} kB")
